/**
 * Chooses the rows of a long list that are in the page. Rows far from the view are left out, and a gap of their height
 * replaces them. Pure: the caller measures or estimates the heights.
 */

/** The rows from `from` to before `to`. */
export interface RowRange {
  from: number;
  to: number;
}

export interface Span {
  top: number;
  bottom: number;
}

/** A row, or the height of the rows left out. */
export type RowOrGap = { row: number } | { gap: number };

/** Pixels around the view: the least that are drawn, what a new drawing covers, and the most that are kept. */
const LEAST = 300;
const WANTED = 800;
const MOST = 1_600;

/** The top of each of `count` rows; the last number is the end of the last row. */
export function tops(count: number, heightOf: (row: number) => number): Float64Array {
  const result = new Float64Array(count + 1);
  for (let row = 0; row < count; row += 1) result[row + 1] = (result[row] ?? 0) + heightOf(row);
  return result;
}

/** The row at this height; the first or last one if it is outside. */
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

/** The rows to draw around `view`: the present ones, while they reach far enough and not too far. */
export function nextRange(tops: Float64Array, view: Span, before?: RowRange): RowRange {
  const least = around(tops, view, LEAST);
  const most = around(tops, view, MOST);
  if (before && covers(before, least) && covers(most, before)) return before;
  return around(tops, view, WANTED);
}

/** Rows and gaps in order: the rows of `range`, and the kept ones wherever they are. */
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
