/**
 * Keeps what the reader looks at in place when content above it changes. Browsers with scroll anchoring do that
 * themselves, except at the very top; where one has done it, nothing is left to do here.
 */
interface AnchorPoint {
  element: Element;
  /** Pixels below the top of the view when the anchor was set. */
  top: number;
}

/** The search stops at these elements: their many descendants move together. */
const WHOLE = "pre, table, p, svg, math, button, summary, .ocw-user-text";

export class Anchor {
  readonly #points: AnchorPoint[];
  readonly #scrollTop: number;

  /** Anchors at the topmost visible elements of `list`, from the row to its innermost element. */
  constructor(
    readonly view: Element,
    list: Element,
  ) {
    this.#points = pointsIn(list, view.getBoundingClientRect().top);
    this.#scrollTop = view.scrollTop;
  }

  /** The id of the topmost row; undefined if a gap was there. */
  get row(): string | undefined {
    return (this.#points[0]?.element as HTMLElement | undefined)?.dataset.row;
  }

  /** Scrolls by as much as the anchor moved; returns true if that was necessary. */
  hold(): boolean {
    const point = this.#points.findLast(({ element }) => element.isConnected);
    if (!point) return false;
    const top = point.element.getBoundingClientRect().top - this.view.getBoundingClientRect().top;
    const scrolled = this.view.scrollTop - this.#scrollTop;
    const shift = top - point.top + scrolled;
    // The browser has scrolled already, to the same effect, or the reader has.
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

/** The first child that extends below the edge. */
function firstBelow(parent: Element, edge: number): Element | undefined {
  for (let child = parent.firstElementChild; child; child = child.nextElementSibling) {
    if (child.getBoundingClientRect().bottom > edge) return child;
  }
  return undefined;
}
