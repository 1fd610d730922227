/** The last lines of a log, gathered in pieces. Pure. */
export interface Lines {
  lines: string[];
  /** The number of the line that comes next, counted from 0. */
  next: number;
}

export const NO_LINES: Lines = { lines: [], next: 0 };
const KEPT = 2_000;

/** A server that was started anew counts from the beginning. */
export function addLines(before: Lines, { lines = [], next = 0 }: Partial<Lines>): Lines {
  if (lines.length === 0 && next === before.next) return before;
  const all = next < before.next ? lines : [...before.lines, ...lines];
  return { lines: all.slice(-KEPT), next };
}
