/**
 * What the reader looks at, kept at its place whatever changes above it. Browsers with scroll anchoring do that by themselves,
 * save at the very top; where one did, nothing is left to do here.
 */
interface AnchorPoint {
  element: Element;
  /** Pixels below the top of the view, when it was taken. */
  top: number;
}

/** Inside of these nothing is looked for: their parts are many, and move together. */
const WHOLE = "pre, table, p, svg, math, button, summary, .ocw-user-text";

export class Anchor {
  readonly #points: AnchorPoint[];
  readonly #scrollTop: number;

  /** The topmost elements of `list` that can be seen in `view`, from the row to what is inside of it. */
  constructor(
    readonly view: Element,
    list: Element,
  ) {
    this.#points = pointsIn(list, view.getBoundingClientRect().top);
    this.#scrollTop = view.scrollTop;
  }

  /** The row that was on top; none where there was a gap. */
  get row(): string | undefined {
    return (this.#points[0]?.element as HTMLElement | undefined)?.dataset.row;
  }

  /** Scrolls by as much as the anchor was moved; true if that was necessary. */
  hold(): boolean {
    const point = this.#points.findLast(({ element }) => element.isConnected);
    if (!point) return false;
    const top = point.element.getBoundingClientRect().top - this.view.getBoundingClientRect().top;
    const scrolled = this.view.scrollTop - this.#scrollTop;
    const shift = top - point.top + scrolled;
    // Somebody scrolled: the browser, to the same end, or the reader.
    if (Math.abs(shift) < 1 || Math.abs(scrolled) >= 1) return false;
    this.view.scrollTop += shift;
    return true;
  }
}

function pointsIn(list: Element, edge: number): AnchorPoint[] {
  const points: AnchorPoint[] = [];
  let inside: Element | undefined = list;
  while (inside) {
    const found = firstBelow(inside, edge);
    if (!found || (inside === list && !(found as HTMLElement).dataset.row)) break;
    const top = found.getBoundingClientRect().top - edge;
    points.push({ element: found, top });
    inside = top >= 0 || found.matches(WHOLE) ? undefined : found;
  }
  return points;
}

/** The first child that reaches below the edge. */
function firstBelow(parent: Element, edge: number): Element | undefined {
  for (let child = parent.firstElementChild; child; child = child.nextElementSibling) {
    if (child.getBoundingClientRect().bottom > edge) return child;
  }
  return undefined;
}
