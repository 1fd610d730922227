/** How the parts of a message are drawn: which are left out, and which share a row. Pure but for the cells it reads. */
import type { Part, ToolPart } from "../../../protocol";
import type { MessageCell, PartCell } from "../../../store/transcript";
import { filesChangedBy } from "../../parts/changed_files";
import { isHiddenNote } from "../../parts/note";
import { pathOf } from "../../parts/tools/tool_files";

/** Several successive tools that only looked. */
export type Group = [PartCell, ...PartCell[]];
export type Piece = PartCell | Group;

/** Tools that look and change nothing, by the noun that counts them. */
const LOOKS = new Map<string, "file" | "search" | "folder">([
  ["read", "file"],
  ["grep", "search"],
  ["glob", "search"],
  ["list", "folder"],
  ["ls", "folder"],
]);

/** True for what may share a row: a failure, and what shows a picture below its row, keep their own. */
function isLook(part: Part): part is ToolPart {
  if (part.kind !== "tool" || !LOOKS.has(part.tool)) return false;
  return part.state !== "error" && part.state !== "interrupted" && !part.files?.length;
}

/** Successive looks as one piece, from two of them on; notes that draw nothing part none. */
export function piecesOf(cells: PartCell[]): Piece[] {
  const pieces: Piece[] = [];
  let run: PartCell[] = [];
  const close = () => {
    const [first, ...more] = run;
    if (first) pieces.push(more.length > 0 ? [first, ...more] : first);
    run = [];
  };
  for (const cell of cells) {
    const part = cell.part.value;
    if (isLook(part)) run.push(cell);
    else if (!isHiddenNote(part)) {
      close();
      pieces.push(cell);
    }
  }
  close();
  return pieces;
}

export interface LookCounts {
  file: number;
  search: number;
  folder: number;
}

/** How many different files and folders were looked at, and how many searches were made. */
export function countLooks(parts: ToolPart[]): LookCounts {
  const seen = { file: new Set<string>(), search: new Set<string>(), folder: new Set<string>() };
  for (const part of parts) {
    const kind = LOOKS.get(part.tool) ?? "file";
    seen[kind].add(kind === "search" ? part.id : pathOf(part));
  }
  return { file: seen.file.size, search: seen.search.size, folder: seen.folder.size };
}

/** True for a note of changed files that the message's own tools name: it would say the same again. */
export function isRepeated(cell: PartCell, message: MessageCell): boolean {
  const part = cell.part.value;
  if (part.kind !== "note" || part.type !== "patch") return false;
  const own = filesChangedBy(message.parts.value.map((each) => each.part.value).filter(({ kind }) => kind === "tool"));
  const noted = filesChangedBy([part]);
  return noted.length > 0 && noted.every((file) => own.some((each) => each === file || file.endsWith(`/${each}`)));
}

/** True for a to-do list after the turn's first: its state is shown above the composer. A failure is shown. */
export function isLaterPlan(cell: PartCell, steps: MessageCell[]): boolean {
  if (!isPlan(cell.part.value)) return false;
  for (const step of steps) {
    const first = step.parts.value.find((each) => isPlan(each.part.value));
    if (first) return first !== cell;
  }
  return false;
}

function isPlan(part: Part): boolean {
  return part.kind === "tool" && part.tool === "todowrite" && part.state !== "error";
}
