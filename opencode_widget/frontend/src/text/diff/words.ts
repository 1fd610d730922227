/** Finds the words that changed within a line. Pure. */
import { align } from "./align";

export interface WordPiece {
  text: string;
  changed: boolean;
}

interface WordDiff {
  before: WordPiece[];
  after: WordPiece[];
}

const WORD = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;
/** Longer lines are treated as data, not compared word by word. */
const LONGEST = 2_000;
/** Lines that share less than this are treated as two different lines, not as one that changed. */
const ALIKE = 0.35;

/** The pieces of both lines; undefined where marking the difference would not help the reader. */
export function wordDiff(before: string, after: string): WordDiff | undefined {
  if (before.length > LONGEST || after.length > LONGEST || before === after) return undefined;
  const [old, fresh] = [before.match(WORD) ?? [], after.match(WORD) ?? []];
  const pairs = align(old, fresh);
  const common = pairs.reduce((sum, [at]) => sum + (old[at]?.trim().length ?? 0), 0);
  const longer = Math.max(solid(before), solid(after));
  if (longer === 0 || common / longer < ALIKE) return undefined;
  return {
    before: wordPieces(old, new Set(pairs.map(([at]) => at))),
    after: wordPieces(fresh, new Set(pairs.map(([, at]) => at))),
  };
}

function solid(text: string): number {
  return text.replace(/\s+/g, "").length;
}

function wordPieces(words: readonly string[], same: ReadonlySet<number>): WordPiece[] {
  const result: WordPiece[] = [];
  for (const [at, text] of words.entries()) {
    const changed = !same.has(at);
    const last = result.at(-1);
    if (last?.changed === changed) last.text += text;
    else result.push({ text, changed });
  }
  return result;
}
