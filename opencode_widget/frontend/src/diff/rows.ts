/** Diffs as rows of a table: one column, or old and new side by side. Pure. */
import type { DiffLine, FileChange, Hunk } from "./parse";

/** `partner`: the line that it took the place of, or that took its place. */
export type UnifiedRow = { hunk: Hunk } | { line: DiffLine; partner?: DiffLine | undefined };
export type SplitRow = { hunk: Hunk } | { left?: DiffLine | undefined; right?: DiffLine | undefined };

/** Lines that were removed, and those that stand in their place. */
interface Block {
  removed: DiffLine[];
  added: DiffLine[];
}

interface Layout<Row> {
  hunk: (hunk: Hunk) => Row;
  same: (line: DiffLine) => Row;
  change: (block: Block) => Row[];
}

export function unifiedRows(file: FileChange): UnifiedRow[] {
  return rows<UnifiedRow>(file, {
    hunk: (hunk) => ({ hunk }),
    same: (line) => ({ line }),
    change: ({ removed, added }) => [
      ...removed.map((line, at) => ({ line, partner: added[at] })),
      ...added.map((line, at) => ({ line, partner: removed[at] })),
    ],
  });
}

export function splitRows(file: FileChange): SplitRow[] {
  return rows<SplitRow>(file, {
    hunk: (hunk) => ({ hunk }),
    same: (line) => ({ left: line, right: line }),
    change: ({ removed, added }) =>
      Array.from({ length: Math.max(removed.length, added.length) }, (_, at) => ({
        left: removed[at],
        right: added[at],
      })),
  });
}

function rows<Row>(file: FileChange, layout: Layout<Row>): Row[] {
  const result: Row[] = [];
  for (const hunk of file.hunks) {
    result.push(layout.hunk(hunk));
    for (const piece of pieces(hunk)) {
      if ("kind" in piece) result.push(layout.same(piece));
      else for (const row of layout.change(piece)) result.push(row);
    }
  }
  return result;
}

function pieces(hunk: Hunk): Array<DiffLine | Block> {
  const result: Array<DiffLine | Block> = [];
  let block: Block | undefined;
  for (const line of hunk.lines) {
    if (line.kind === "same") {
      block = undefined;
      result.push(line);
      continue;
    }
    if (!block || (line.kind === "removed" && block.added.length > 0)) {
      block = { removed: [], added: [] };
      result.push(block);
    }
    block[line.kind].push(line);
  }
  return result;
}
