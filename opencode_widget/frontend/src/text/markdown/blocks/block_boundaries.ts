/** Finds where Markdown blocks end for good, whatever text may still arrive. Pure. */
import { closingLine } from "../code/fence";
import type { Token } from "../syntax";

/** A block that reaches this many characters without an end is cut: what follows is parsed as if it began a block. */
const LONGEST_BLOCK = 30_000;
const MOST_LINES = 1_000;
/**
 * A list is drawn in one go and its items cost more than lines, so a longer list is cut; the next piece continues the
 * numbering.
 */
const MOST_ITEMS = 400;
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]/;

/**
 * The position at which to cut a block that starts with `source` and has no end in it; undefined if it may still end
 * within the bounds.
 */
export function cutOf(source: string): number | undefined {
  const most = ITEM.test(source) ? MOST_ITEMS : MOST_LINES;
  let end = 0;
  for (let line = 0; line < most; line += 1) {
    end = source.indexOf("\n", end) + 1;
    if (end === 0 || end > LONGEST_BLOCK) return source.length < LONGEST_BLOCK ? undefined : cutByLength(source);
  }
  return end;
}

/** The position after the last line within the bound, if that is near the bound. */
function cutByLength(source: string): number {
  const line = source.lastIndexOf("\n", LONGEST_BLOCK - 1) + 1;
  if (line > LONGEST_BLOCK / 2) return line;
  const code = source.charCodeAt(LONGEST_BLOCK);
  return code >= 0xdc00 && code <= 0xdfff ? LONGEST_BLOCK - 1 : LONGEST_BLOCK;
}

/** True if fenced code is open: the lexer found no closing line. The last line may still become one. */
export function isOpen(token: Token, marker: string): boolean {
  const lines = token.raw.split("\n");
  const closing = closingLine(marker);
  return lines.length < 2 || !lines.slice(1).some((line) => closing.test(line));
}

/**
 * The length of the finished prefix of `source`: up to the last block that starts after an empty line, a heading or a
 * closed fence, or is a note after a note, and continues nothing.
 */
export function finishedLength(tokens: Token[], source: string): number {
  let length = 0;
  let finished = 0;
  let block: Token | undefined;
  for (const token of tokens) {
    if (token.type !== "space" && block && begins(source, length, block, token)) finished = length;
    length += token.raw.length;
    if (token.type !== "space") block = token;
  }
  return length === source.length ? finished : 0;
}

function begins(source: string, at: number, before: Token, token: Token): boolean {
  if (isClosedFence(before) || isHeadline(before) || (before.type === "note" && token.type === "note")) return true;
  if (!source.startsWith("\n\n", at - 2) || !/\S/.test(source[at] ?? "")) return false;
  return before.type !== "list" || !/[-*+0-9]/.test(source[at] ?? "");
}

/** True if the heading's line is complete, so that no later text can change it. */
function isHeadline(block: Token): boolean {
  return block.type === "heading" && /^ {0,3}#[^\n]*\n/.test(block.raw);
}

function isClosedFence(block: Token): boolean {
  return block.type === "code" && block.codeBlockStyle !== "indented" && block.raw.endsWith("\n");
}
