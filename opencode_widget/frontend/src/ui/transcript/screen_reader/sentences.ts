/**
 * Selects what a screen reader announces of an answer while it streams: whole sentences, each once. Stateful, otherwise
 * pure.
 */
import type { MessageHead, Part } from "../../../protocol";

export interface SpokenMessage {
  head: MessageHead;
  parts: Part[];
}

const FENCE = /^ {0,3}(?:```|~~~)/gm;
const SENTENCE = /[.!?:…。！？]["'”’)\]*_`]*\s|\n/g;

/** Remembers how much of each part was announced. */
export class SentenceReader {
  readonly #readUpTo = new Map<string, number>();
  readonly #since: number;

  /** `now`: the conversation when it comes on screen; its text is there to be read and is not announced. */
  constructor(now: SpokenMessage[]) {
    this.#since = Math.max(0, ...now.map(({ head }) => head.created));
    for (const { parts } of now)
      for (const part of parts) if (part.kind === "text") this.#readUpTo.set(part.id, part.text.length);
  }

  /** The sentences completed since the last call. */
  next(messages: SpokenMessage[]): string {
    return messages
      .filter(({ head }) => head.role === "assistant" && head.created >= this.#since)
      .flatMap(({ parts }) => parts.map((part) => this.#nextOf(part)))
      .filter((words) => words !== "")
      .join(" ");
  }

  #nextOf(part: Part): string {
    if (part.kind !== "text") return "";
    const from = this.#readUpTo.get(part.id) ?? 0;
    const to = part.ended ? part.text.length : lastEnd(part.text);
    if (to <= from) return "";
    this.#readUpTo.set(part.id, to);
    return asSpoken(part.text.slice(from, to));
  }
}

/** The end of the last complete sentence outside an open code block. */
export function lastEnd(text: string): number {
  const fences = [...text.matchAll(FENCE)];
  const open = fences.length % 2 === 1 ? fences.at(-1)?.index : undefined;
  const closed = open === undefined ? text : text.slice(0, open);
  return [...closed.matchAll(SENTENCE)].reduce((_, found) => found.index + found[0].length, 0);
}

/** Markdown without its marks; code is named, not read. */
export function asSpoken(markdown: string): string {
  return markdown
    .replace(/^ {0,3}(```|~~~)[\s\S]*?(?:^ {0,3}\1[^\n]*$|$(?![\s\S]))/gm, " Code. ")
    .replace(/!?\[([^[\]]{0,500})\]\([^()]{0,2000}\)/g, "$1")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\|)[ \t]+/gm, "")
    .replace(/[*_`|]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
