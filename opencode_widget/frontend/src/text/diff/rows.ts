/** Diffs as table rows: one column, or old and new side by side. Pure. */
import type { DiffLine, FileChange, Hunk } from "./parse";

/** `partner`: the line that this one replaced, or that replaced it. */
export type UnifiedRow = { hunk: Hunk } | { line: DiffLine; partner?: DiffLine | undefined };
export type SplitRow = { hunk: Hunk } | { left?: DiffLine | undefined; right?: DiffLine | undefined };

/** Removed lines, and the lines that replace them. */
interface Block {
  removed: DiffLine[];
  added: DiffLine[];
}

interface Layout<Row> {
  hunk: (hunk: Hunk) => Row;
  same: (line: DiffLine) => Row;
  change: (block: Block) => Row[];
}

/** Yields rows lazily: a diff of megabytes is laid out only as far as the user scrolls. */
export function unifiedRows(file: FileChange): Generator<UnifiedRow> {
  return rows<UnifiedRow>(file, {
    hunk: (hunk) => ({ hunk }),
    same: (line) => ({ line }),
    change: ({ removed, added }) => [
      ...removed.map((line, at) => ({ line, partner: added[at] })),
      ...added.map((line, at) => ({ line, partner: removed[at] })),
    ],
  });
}

export function splitRows(file: FileChange): Generator<SplitRow> {
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

/** The number of rows, including those of hunk headers. */
export function countUnified({ hunks }: FileChange): number {
  return hunks.reduce((sum, hunk) => sum + 1 + hunk.lines.length, 0);
}

export function countSplit({ hunks }: FileChange): number {
  let count = hunks.length;
  for (const hunk of hunks) {
    for (const piece of blocks(hunk)) count += "kind" in piece ? 1 : Math.max(piece.removed.length, piece.added.length);
  }
  return count;
}

function* rows<Row>(file: FileChange, layout: Layout<Row>): Generator<Row> {
  for (const hunk of file.hunks) {
    yield layout.hunk(hunk);
    for (const piece of blocks(hunk)) {
      if ("kind" in piece) yield layout.same(piece);
      else yield* layout.change(piece);
    }
  }
}

/** Yields unchanged lines one by one, and changed ones as blocks. */
function* blocks(hunk: Hunk): Generator<DiffLine | Block> {
  let block: Block = { removed: [], added: [] };
  for (const line of hunk.lines) {
    const open = block.removed.length + block.added.length > 0;
    if (open && (line.kind === "same" || (line.kind === "removed" && block.added.length > 0))) {
      yield block;
      block = { removed: [], added: [] };
    }
    if (line.kind === "same") yield line;
    else block[line.kind].push(line);
  }
  if (block.removed.length + block.added.length > 0) yield block;
}
