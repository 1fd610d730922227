/**
 * Completes Markdown whose end has not arrived. `**bold te` is shown as bold, `[text](http://exa` as its text, and a
 * single `-` under a line not as a heading. Pure. It works on the last block of a message only and never changes the
 * message's text: when the rest has arrived, the block is rendered from the original.
 */
import { tailOf, withoutTail } from "../../text_end";
import { canClose, canOpen } from "../flanking";
import { blockFormula, inlineFormula, isOpenFormula } from "../math/formula";

interface CompletedTail {
  text: string;
  /**
   * True if the last words of the source are also the last words on screen, so that plain text can be appended to them.
   */
  open: boolean;
}

/** A last line that can still become anything: list marker, rule, heading underline, fence, table. */
const UNDECIDED = /(?:^|\n)[ \t>]*(?:[-=*+_~`#>|]{1,3}|\d{1,9}[.)]?)[ \t]*$/;

export function completeTail(source: string): CompletedTail {
  if (endsInFormula(source)) return { text: source, open: false };
  const undecided = UNDECIDED.exec(source);
  if (undecided && !isWholeRule(undecided[0])) {
    return { text: finishTable(source.slice(0, undecided.index)), open: false };
  }
  const start = lastInlineStart(source);
  const head = source.slice(0, start);
  const table = finishTable(source);
  if (table !== source) return { text: table, open: false };
  const { text, open } = closeInline(source.slice(start));
  return { text: head + text, open: open && !/\n[ \t]*$/.test(source) };
}

const FORMULA_HEAD = /^ {0,3}(?:\$\$|\\\[)[ \t]*\n/m;

/** True if the source ends within a formula, whose lines are shown as they are. */
function endsInFormula(source: string): boolean {
  // A formula cannot span an empty line, so the first one that starts in the last paragraph is the open one.
  const paragraph = lastParagraph(source);
  const head = FORMULA_HEAD.exec(paragraph);
  if (!head) return false;
  const lines = paragraph.slice(head.index);
  const found = blockFormula(lines);
  return found !== undefined && found.tex === undefined && found.raw === lines;
}

/** The text after the last empty line, or line of white space. */
function lastParagraph(source: string): string {
  let start = source.lastIndexOf("\n") + 1;
  while (start > 0) {
    const before = source.lastIndexOf("\n", start - 2) + 1;
    if (source.slice(before, start).trim() === "") break;
    start = before;
  }
  return source.slice(start);
}

/** True if `***` or `---` is a rule: only after an empty line, which the next character decides. */
function isWholeRule(line: string): boolean {
  return /(?:\*\*\*|___)/.test(line);
}

/**
 * Where the last inline text starts: inline marks cannot span an empty line, a list marker, a heading or a table row.
 */
function lastInlineStart(source: string): number {
  const breaks = /\n(?=[ \t]*(?:\n|[-*+>][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|))/g;
  const from = Math.max(0, source.length - 4000);
  let start = from;
  breaks.lastIndex = from;
  for (let found = breaks.exec(source); found; found = breaks.exec(source)) start = found.index + 1;
  return start;
}

/** Completes a table of which only the head, or half of its delimiter row, has arrived. */
function finishTable(source: string): string {
  const found = /(?:^|\n\n)(\|[^\n]*\|)[ \t]*(?:\n[|:\- \t]*)?$/.exec(source);
  const head = found?.[1];
  if (!found || head === undefined) return source;
  const columns = head.replace(/\\\|/g, "").split("|").length - 2;
  if (columns < 1) return source;
  const start = found.index + found[0].indexOf(head);
  return `${source.slice(0, start)}${head}\n|${" --- |".repeat(columns)}`;
}

interface OpenMarker {
  marker: string;
  /** Where the words after the marker start. */
  at: number;
}

const CODE = /^`+/;
const EMPHASIS = /^(?:\*{1,3}|_{1,3}|~~)/;

/** Closes the markers that are open at the end of inline text. */
function closeInline(source: string): CompletedTail {
  const open: OpenMarker[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at, at + 8);
    if (isFormulaMark(source, at)) {
      const formula = inlineFormula(source.slice(at));
      if (!formula && isOpenFormula(source.slice(at))) return formulaAtEnd(source, at, open);
      at += formula?.raw.length ?? (rest[0] === "\\" ? 2 : 1);
    } else if (rest[0] === "\\") at += 2;
    else if (rest[0] === "`") {
      const end = closeCode(source, at);
      if (end < 0) return codeAtEnd(source, at, open);
      at = end;
    } else if (rest[0] === "[" || (rest[0] === "!" && rest[1] === "[")) {
      const cut = cutLink(source, at, open);
      if (cut) return cut;
      at += 1;
    } else at = emphasis(source, at, rest, open);
  }
  return closeMarks(source, open);
}

function isFormulaMark(source: string, at: number): boolean {
  const mark = source.slice(at, at + 2);
  if (mark === "\\(" || mark === "\\[") return true;
  return mark[0] === "$" && !/[\p{L}\p{N}]/u.test(source[at - 1] ?? "");
}

/** Shows a formula without an end as its source, by escaping the characters that have a meaning in Markdown. */
function formulaAtEnd(source: string, at: number, open: OpenMarker[]): CompletedTail {
  const literal = source.slice(at).replace(/[^\p{L}\p{N}\s]/gu, (sign) => `&#${sign.codePointAt(0)};`);
  return closeMarks(source.slice(0, at) + literal, open);
}

/** The position after the code span that starts at `at`, or -1 if it is open. */
function closeCode(source: string, at: number): number {
  const fence = CODE.exec(source.slice(at))?.[0] ?? "`";
  const close = new RegExp(`(?<!\`)\`{${fence.length}}(?!\`)`, "g");
  close.lastIndex = at + fence.length;
  const found = close.exec(source);
  return found ? found.index + fence.length : -1;
}

function codeAtEnd(source: string, at: number, open: OpenMarker[]): CompletedTail {
  const fence = CODE.exec(source.slice(at))?.[0] ?? "`";
  const inside = source.slice(at + fence.length);
  if (inside.trim() === "") return { text: closeMarks(source.slice(0, at), open).text, open: false };
  const half = tailOf(inside, "`");
  const words = withoutTail(inside, "`");
  return { text: closeMarks(`${source.slice(0, at)}${fence}${words}${fence}`, open).text, open: half === "" };
}

/** Shows a link or image with an incomplete address as its text; a single `[` stays as it is. */
function cutLink(source: string, at: number, open: OpenMarker[]): CompletedTail | undefined {
  const found = /^(!?)\[((?:[^[\]\\]|\\.)*)\]\((?:[^()\n]|\([^()\n]*\))*$/.exec(source.slice(at));
  if (!found) return undefined;
  const closed = closeMarks(source.slice(0, at) + (found[2] ?? ""), open);
  return { text: closed.text, open: false };
}

function emphasis(source: string, at: number, rest: string, open: OpenMarker[]): number {
  const marker = EMPHASIS.exec(rest)?.[0];
  if (!marker) return at + 1;
  const after = at + marker.length;
  const before = source[at - 1] ?? "";
  const next = source.slice(after, after + 2).match(/^./su)?.[0] ?? "";
  const last = open.at(-1);
  if (last?.marker === marker && canClose(before, next)) open.pop();
  else if (canOpen(before, next) && !isWithinWord(marker, before)) open.push({ marker, at: after });
  return after;
}

/** True for a `_` after a letter or digit: it is part of a name. */
function isWithinWord(marker: string, before: string): boolean {
  return marker[0] === "_" && /[\p{L}\p{N}]/u.test(before);
}

function closeMarks(source: string, open: OpenMarker[]): CompletedTail {
  const last = open.at(-1);
  if (!last) return { text: source, open: true };
  // Drop markers that no word follows yet.
  let text = source;
  const left = [...open];
  for (let mark = left.at(-1); mark && text.slice(mark.at).trim() === ""; mark = left.at(-1)) {
    text = text.slice(0, mark.at - mark.marker.length);
    left.pop();
  }
  const plain = left.length === open.length;
  // A closing marker may not follow a space: put it before the space, and drop the space.
  const half = tailOf(text, "*_~");
  const words = (plain && half ? text.slice(0, -half.length) : text).trimEnd();
  if (left.length === 0) return { text, open: false };
  return {
    text:
      words +
      left
        .reverse()
        .map((mark) => mark.marker)
        .join(""),
    open: plain && half === "",
  };
}
