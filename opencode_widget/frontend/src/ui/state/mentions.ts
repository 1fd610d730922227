/**
 * Words in a prompt that stand for something: a file, an agent, a long paste. Pure.
 *
 * A mark follows its words when text around it changes; an edit within it turns it into plain text. The invariant is
 * `text.slice(mark.start, mark.end) === mark.written`, in UTF-16 units, as JavaScript and OpenCode count.
 */
import type { Mention } from "../../protocol";

export type Meaning =
  | { kind: "file"; path: string }
  | { kind: "agent"; name: string }
  | { kind: "paste"; text: string };

export interface PromptMark {
  start: number;
  end: number;
  written: string;
  meaning: Meaning;
}

/** A text with its marks. */
export interface MarkedText {
  text: string;
  marks: PromptMark[];
}

/** The marks that survive one edit from `before` to `after`. */
export function follow(before: MarkedText, after: string): PromptMark[] {
  const head = sameHead(before.text, after);
  const tail = sameTail(before.text, after, head);
  const shift = after.length - before.text.length;
  return before.marks.flatMap((mark) => {
    if (mark.end <= head) return [mark];
    if (mark.start < before.text.length - tail) return [];
    return [{ ...mark, start: mark.start + shift, end: mark.end + shift }];
  });
}

function sameHead(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a[at] === b[at]) at += 1;
  return at;
}

function sameTail(a: string, b: string, head: number): number {
  const most = Math.min(a.length, b.length) - head;
  let at = 0;
  while (at < most && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}

export function markAt({ marks }: MarkedText, caret: number): PromptMark | undefined {
  return marks.find(({ start, end }) => start < caret && caret <= end);
}

/** Adds a mark for words already in the text, and removes the marks that it overlaps. */
export function withMark({ text, marks }: MarkedText, start: number, written: string, meaning: Meaning): MarkedText {
  const end = start + written.length;
  if (text.slice(start, end) !== written) return { text, marks };
  const others = marks.filter((mark) => mark.end <= start || mark.start >= end);
  return { text, marks: [...others, { start, end, written, meaning }].sort((a, b) => a.start - b.start) };
}

/** The second text after the first. */
export function joined(first: MarkedText, second: MarkedText): MarkedText {
  if (second.text.trim() === "") return first;
  if (first.text.trim() === "") return second;
  const between = "\n\n";
  const shift = first.text.length + between.length;
  const moved = second.marks.map((mark) => ({ ...mark, start: mark.start + shift, end: mark.end + shift }));
  return { text: first.text + between + second.text, marks: [...first.marks, ...moved] };
}

/**
 * The names in a prompt of what the notebook's kernel holds ("@var:df", "@cell:12", "@error", "@fig"), each one once. The
 * kernel reads them by the same rules (`context/names.py`); what it finds counts.
 */
export function namesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(NAME), ([name]) => name))];
}

const NAME =
  /(?<![\p{L}\p{N}_\\@/.])@(?:var:[\p{L}_][\p{L}\p{M}\p{N}_]*|cell:[0-9]{1,9}(?![\p{L}\p{N}_])|(?:error|fig)(?![\p{L}\p{N}_/:-]|\.[\p{L}\p{N}_]))/gu;

/** True for a file that the kernel made of a name in a prompt: its description, or a picture. */
export function isNamedFile(filename: string): boolean {
  const stem = filename.replace(PICTURE, "");
  return namesIn(stem)[0] === stem;
}

const PICTURE = /(?:-[0-9]+)?\.[a-z]+$/;

/** The prompt as it is sent: pastes in full, and mentions at their positions in that text. */
export function expanded({ text, marks }: MarkedText): { text: string; mentions: Mention[] } {
  const mentions: Mention[] = [];
  let written = "";
  let at = 0;
  for (const { start, end, meaning } of marks) {
    written += text.slice(at, start);
    at = end;
    const whole = meaning.kind === "paste" ? meaning.text : text.slice(start, end);
    const place = { start: written.length, end: written.length + whole.length };
    if (meaning.kind !== "paste") mentions.push({ ...meaning, ...place });
    written += whole;
  }
  return { text: written + text.slice(at), mentions };
}
