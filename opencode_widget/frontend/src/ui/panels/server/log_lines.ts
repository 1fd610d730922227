/** The last lines of a log, collected in pieces. Pure. */
export interface Lines {
  lines: string[];
  /** The number of the next line, counted from 0. */
  next: number;
}

export const NO_LINES: Lines = { lines: [], next: 0 };
const KEPT = 2_000;

/** Adds lines. A restarted server counts from 0 again, which replaces the old ones. */
export function addLines(before: Lines, { lines = [], next = 0 }: Partial<Lines>): Lines {
  if (lines.length === 0 && next === before.next) return before;
  const all = next < before.next ? lines : [...before.lines, ...lines];
  return { lines: all.slice(-KEPT), next };
}
