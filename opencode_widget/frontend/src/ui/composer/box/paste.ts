/** Folds long pastes into a few words that stand for them. Pure. */

import { t } from "../../../words/words";
import type { PromptMark } from "../../state/mentions";

const CHARACTERS = 2_000;
const LINES = 40;

export function isLong(text: string): boolean {
  return text.length > CHARACTERS || lineCount(text) > LINES;
}

export function lineCount(text: string): number {
  return text.split("\n").length;
}

/** A label that no other paste of the prompt has. */
export function foldedWords(text: string, marks: PromptMark[]): string {
  const taken = new Set(marks.map((mark) => mark.written));
  const size = lineCount(text) > 1 ? t.composer.lines(lineCount(text)) : t.composer.characters(text.length);
  for (let number = 1; ; number += 1) {
    const words = `[Pasted ${size}${number === 1 ? "" : `, ${number}`}]`;
    if (!taken.has(words)) return words;
  }
}
