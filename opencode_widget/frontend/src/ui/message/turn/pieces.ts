/** How the parts of a message are drawn: which are left out, and which share a row. Pure but for the cells it reads. */
import type { Part, ToolPart } from "../../../protocol";
import type { MessageCell, PartCell } from "../../../store/transcript";
import { filesChangedBy } from "../../parts/changed_files";
import { isHiddenNote } from "../../parts/note";
import { pathOf } from "../../parts/tools/tool_files";

/** Several successive tools that only looked, with the reasoning between them. */
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
export function isLook(part: Part): part is ToolPart {
  if (part.kind !== "tool" || !LOOKS.has(part.tool)) return false;
  return part.state !== "error" && part.state !== "interrupted" && !part.files?.length;
}

export function isGroup(piece: Piece): piece is Group {
  return Array.isArray(piece);
}

/** The parts to draw, without those that say again what is shown elsewhere. `steps` are the turn's answers up to `message`. */
export function shownParts(parts: PartCell[], message: MessageCell, steps: MessageCell[]): PartCell[] {
  return parts.filter((part) => !isRepeated(part, message) && !isLaterPlan(part, steps));
}

/** Successive looks as one piece, from two of them on; neither reasoning nor notes that draw nothing separate them. */
export function piecesOf(cells: PartCell[]): Piece[] {
  const pieces: Piece[] = [];
  let looks: PartCell[] = [];
  let thoughts: PartCell[] = [];
  const close = () => {
    const [first, ...more] = looks;
    if (first) pieces.push(more.length > 0 ? [first, ...more] : first);
    pieces.push(...thoughts);
    looks = [];
    thoughts = [];
  };
  for (const cell of cells) {
    const part = cell.part.value;
    if (isLook(part)) {
      looks.push(...thoughts, cell);
      thoughts = [];
    } else if (part.kind === "reasoning" && looks.length > 0) thoughts.push(cell);
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
export function countLooks(parts: Part[]): LookCounts {
  const seen = { file: new Set<string>(), search: new Set<string>(), folder: new Set<string>() };
  for (const part of parts) {
    if (!isLook(part)) continue;
    const kind = LOOKS.get(part.tool) ?? "file";
    seen[kind].add(kind === "search" ? part.id : pathOf(part));
  }
  return { file: seen.file.size, search: seen.search.size, folder: seen.folder.size };
}

/** True for a note of changed files that the message's own tools name: it would say the same again. */
function isRepeated(cell: PartCell, message: MessageCell): boolean {
  const part = cell.part.value;
  if (part.kind !== "note" || part.type !== "patch") return false;
  const own = filesChangedBy(message.parts.value.map((each) => each.part.value).filter(({ kind }) => kind === "tool"));
  const noted = filesChangedBy([part]);
  return noted.length > 0 && noted.every((file) => own.some((each) => each === file || file.endsWith(`/${each}`)));
}

/** True for a to-do list after the turn's first: its state is shown above the composer. A failure is shown. */
function isLaterPlan(cell: PartCell, steps: MessageCell[]): boolean {
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
