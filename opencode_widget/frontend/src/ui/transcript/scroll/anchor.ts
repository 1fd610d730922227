/**
 * What the reader looks at, kept at its place whatever changes above it. Browsers with scroll anchoring do that by themselves,
 * save at the very top; where one did, nothing is left to do here.
 */
interface Mark {
  element: Element;
  /** Pixels below the top of the view, when it was taken. */
  place: number;
}

/** Inside of these nothing is looked for: their parts are many, and move together. */
const WHOLE = "pre, table, p, svg, math, button, summary, .ocw-user-text";

export class Anchor {
  readonly #marks: Mark[];
  readonly #scrollTop: number;

  /** The topmost elements of `list` that can be seen in `view`, from the row to what is inside of it. */
  constructor(
    readonly view: Element,
    list: Element,
  ) {
    this.#marks = marksIn(list, view.getBoundingClientRect().top);
    this.#scrollTop = view.scrollTop;
  }

  /** The row that was on top; none where there was a gap. */
  get row(): string | undefined {
    return (this.#marks[0]?.element as HTMLElement | undefined)?.dataset.row;
  }

  /** Scrolls by as much as the anchor was moved; true if that was necessary. */
  hold(): boolean {
    const mark = this.#marks.findLast(({ element }) => element.isConnected);
    if (!mark) return false;
    const place = mark.element.getBoundingClientRect().top - this.view.getBoundingClientRect().top;
    const scrolled = this.view.scrollTop - this.#scrollTop;
    const shift = place - mark.place + scrolled;
    // Somebody scrolled: the browser, to the same end, or the reader.
    if (Math.abs(shift) < 1 || Math.abs(scrolled) >= 1) return false;
    this.view.scrollTop += shift;
    return true;
  }
}

function marksIn(list: Element, edge: number): Mark[] {
  const marks: Mark[] = [];
  let inside: Element | undefined = list;
  while (inside) {
    const found = firstBelow(inside, edge);
    if (!found || (inside === list && !(found as HTMLElement).dataset.row)) break;
    const place = found.getBoundingClientRect().top - edge;
    marks.push({ element: found, place });
    inside = place >= 0 || found.matches(WHOLE) ? undefined : found;
  }
  return marks;
}

/** The first child that reaches below the edge. */
function firstBelow(parent: Element, edge: number): Element | undefined {
  for (let child = parent.firstElementChild; child; child = child.nextElementSibling) {
    if (child.getBoundingClientRect().bottom > edge) return child;
  }
  return undefined;
}
