/** Finds words in the page and highlights them without changing its nodes. */
import type { Match } from "../../../protocol";
import { EXPANDS } from "../../lib/controls/paged";

/** All the occurrences in the rows that are drawn, and the one that the search is at. */
const ALL = "ocw-match";
const CURRENT = "ocw-match-current";
const MARKED_ROW = "ocw-search-hit";

/** The ranges of a match's words in an element; the one in the same context first. */
export function occurrences(element: Element, match: Match): Range[] {
  const { text, nodes } = textOf(element);
  const wanted = match.match.toLowerCase();
  const found: Array<{ at: number; sameContext: boolean }> = [];
  const low = text.toLowerCase();
  for (let at = wanted ? low.indexOf(wanted) : -1; at >= 0; at = low.indexOf(wanted, at + wanted.length)) {
    found.push({ at, sameContext: hasSameContext(low, at, match) });
  }
  const first = found.findIndex(({ sameContext }) => sameContext);
  const sorted = first > 0 ? [...found.slice(first, first + 1), ...found.toSpliced(first, 1)] : found;
  return sorted.map(({ at }) => rangeOf(nodes, at, at + wanted.length));
}

/** Highlights all ranges lightly, and `current` strongly; a browser without that API (Firefox before 2025) marks the row. */
export function mark(row: Element, all: Range[], current: Range | undefined): void {
  unmark(row.getRootNode() as ParentNode);
  if (!current || !("highlights" in CSS)) return row.classList.add(MARKED_ROW);
  const strong = new Highlight(current);
  strong.priority = 1;
  CSS.highlights.set(ALL, new Highlight(...all));
  CSS.highlights.set(CURRENT, strong);
}

export function unmark(root: ParentNode): void {
  if ("highlights" in CSS) for (const name of [ALL, CURRENT]) CSS.highlights.delete(name);
  for (const row of Array.from(root.querySelectorAll(`.${MARKED_ROW}`))) row.classList.remove(MARKED_ROW);
}

/**
 * Opens the folds that contain the words, shows the whole of what is cut off, and the source of a diagram that has them.
 * Returns true if an earlier message folds them, whose other rows unfold with them.
 */
export function unfold(range: Range): boolean {
  const start = range.startContainer.parentElement;
  const hidden = start?.closest("[hidden]");
  start?.closest(".ocw-drawn pre")?.closest(".ocw-drawn")?.querySelector<HTMLElement>("button.ocw-draw")?.click();
  hidden?.dispatchEvent(new Event("beforematch"));
  start?.closest(".ocw-output")?.querySelector<HTMLElement>(`.${EXPANDS}`)?.click();
  for (let fold = start?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  return Boolean(hidden);
}

interface TextPiece {
  node: Text;
  from: number;
}

function textOf(element: Element): { text: string; nodes: TextPiece[] } {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes: TextPiece[] = [];
  let text = "";
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  return { text, nodes };
}

/** True if the letters before the words are the same, ignoring Markdown marks between them. */
function hasSameContext(low: string, at: number, match: Match): boolean {
  const letters = (words: string) => words.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const before = letters(match.before).slice(-12);
  return letters(low.slice(Math.max(0, at - 60), at)).endsWith(before);
}

function rangeOf(nodes: TextPiece[], from: number, to: number): Range {
  const range = document.createRange();
  const start = nodes.findLast((piece) => piece.from <= from);
  const end = nodes.findLast((piece) => piece.from < to);
  if (start) range.setStart(start.node, from - start.from);
  if (end) range.setEnd(end.node, to - end.from);
  return range;
}
