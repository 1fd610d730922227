/**
 * Which rows of a long list stand in the page. What is far from the view is left out, and a gap of its height stands for it.
 * Pure: heights are pixels that somebody else has measured, or guessed.
 */

/** Rows from `from` to before `to`. */
export interface RowRange {
  from: number;
  to: number;
}

export interface Span {
  top: number;
  bottom: number;
}

/** A row, or the height of rows that are left out. */
export type RowOrGap = { row: number } | { gap: number };

/** Pixels around the view that are drawn at least, that a new drawing makes, and that are kept at most. */
const LEAST = 300;
const WANTED = 800;
const MOST = 1_600;

/** Where each of `count` rows begins; the last number is where the last row ends. */
export function tops(count: number, heightOf: (row: number) => number): Float64Array {
  const result = new Float64Array(count + 1);
  for (let row = 0; row < count; row += 1) result[row + 1] = (result[row] ?? 0) + heightOf(row);
  return result;
}

/** The row at a height; the first or the last where it is outside. */
export function rowAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rows to draw around `view`: those that were drawn, as long as they reach far enough and not too far. */
export function nextRange(tops: Float64Array, view: Span, before?: RowRange): RowRange {
  const least = around(tops, view, LEAST);
  const most = around(tops, view, MOST);
  if (before && covers(before, least) && covers(most, before)) return before;
  return around(tops, view, WANTED);
}

/** Rows and gaps, in order: the rows of `range` and those that are kept wherever they are. */
export function rowsAndGaps(tops: Float64Array, range: RowRange, kept: Set<number>): RowOrGap[] {
  const result: RowOrGap[] = [];
  let from = 0;
  const skipTo = (row: number) => {
    const gap = (tops[row] ?? 0) - (tops[from] ?? 0);
    if (gap > 0) result.push({ gap });
  };
  const shown = [...kept].filter((row) => row < range.from || row >= range.to);
  for (let row = range.from; row < range.to; row += 1) shown.push(row);
  for (const row of shown.sort((a, b) => a - b)) {
    skipTo(row);
    result.push({ row });
    from = row + 1;
  }
  skipTo(tops.length - 1);
  return result;
}

function around(tops: Float64Array, { top, bottom }: Span, margin: number): RowRange {
  if (tops.length < 2) return { from: 0, to: 0 };
  return { from: rowAt(tops, top - margin), to: rowAt(tops, bottom + margin) + 1 };
}

function covers(outer: RowRange, inner: RowRange): boolean {
  return outer.from <= inner.from && outer.to >= inner.to;
}
