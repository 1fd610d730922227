/** Fuzzy matching: finds the letters of a query in their order, anywhere in a text. Pure. */

interface Hit {
  /** Higher is better. */
  score: number;
  /** The positions of the letters in the text. */
  at: number[];
}

const LETTER = 1;
const WORD_START = 8;
const ADJACENT = 10;
/** The bonus for letters after the last slash of a path, which tell the most. */
const BASENAME = 2;
const UNLIKE = Number.NEGATIVE_INFINITY;
/** Longer texts are searched only up to here. */
const LONGEST = 300;

/** The best match of `query` in `text`; undefined if there is none. */
export function match(query: string, text: string): Hit | undefined {
  const wanted = query.toLowerCase();
  const letters = text.slice(0, LONGEST).toLowerCase();
  if (wanted === "") return { score: 0, at: [] };
  if (!isWithin(wanted, letters)) return undefined;
  const worth = worths(text.slice(0, LONGEST));
  const from: number[][] = [];
  let scores: number[] | undefined;
  for (const letter of wanted.split("")) {
    const step = nextLetter(letter, letters, worth, scores);
    scores = step.scores;
    from.push(step.from);
  }
  const end = indexOfMost(scores ?? []);
  return { score: (scores?.[end] ?? 0) - text.length / 100, at: pathTo(from, end) };
}

function isWithin(wanted: string, letters: string): boolean {
  let at = -1;
  return wanted.split("").every((letter) => {
    at = letters.indexOf(letter, at + 1);
    return at >= 0;
  });
}

/** The score of a match at each letter. */
function worths(text: string): number[] {
  const basename = text.lastIndexOf("/", text.length - 2) + 1;
  const worth = new Array<number>(text.length);
  let before = kindOf(47);
  for (let index = 0; index < text.length; index += 1) {
    const kind = kindOf(text.charCodeAt(index));
    const starts = before === "sign" || (before === "small" && kind === "great");
    worth[index] = LETTER + (starts ? WORD_START : 0) + (index >= basename ? BASENAME : 0);
    before = kind;
  }
  return worth;
}

/** Classifies by character code, as this runs for every letter of every text. */
function kindOf(code: number): "small" | "great" | "digit" | "sign" {
  if (code >= 97 && code <= 122) return "small";
  if (code >= 65 && code <= 90) return "great";
  if (code >= 48 && code <= 57) return "digit";
  return code > 127 ? "small" : "sign";
}

/**
 * For each place where this letter of the query may match: its best score, and where the letter before it then matches.
 */
function nextLetter(letter: string, letters: string, worth: number[], before: number[] | undefined) {
  const scores = new Array<number>(letters.length).fill(UNLIKE);
  const from = new Array<number>(letters.length).fill(-1);
  let best = -1;
  for (let index = 0; index < letters.length; index += 1) {
    if (letters[index] === letter) {
      const adjacent = (before?.[index - 1] ?? UNLIKE) + ADJACENT;
      const apart = before?.[best] ?? UNLIKE;
      scores[index] = (worth[index] ?? 0) + (before ? Math.max(adjacent, apart) : 0);
      from[index] = adjacent >= apart ? index - 1 : best;
    }
    if (before && (before[index] ?? UNLIKE) > (before[best] ?? UNLIKE)) best = index;
  }
  return { scores, from };
}

function indexOfMost(scores: number[]): number {
  return scores.reduce((best, score, index) => (score > (scores[best] ?? UNLIKE) ? index : best), 0);
}

function pathTo(from: number[][], end: number): number[] {
  const at: number[] = [];
  for (let letter = from.length - 1, index = end; letter >= 0; letter -= 1) {
    at.unshift(index);
    index = from[letter]?.[index] ?? 0;
  }
  return at;
}

interface Ranked<T> {
  item: T;
  hit: Hit;
}

/** The items that match, best first; equal scores keep their order. */
export function rank<T>(query: string, items: readonly T[], textOf: (item: T) => string): Array<Ranked<T>> {
  const ranked = items.flatMap((item) => {
    const hit = match(query, textOf(item));
    return hit ? [{ item, hit }] : [];
  });
  return ranked.sort((a, b) => b.hit.score - a.hit.score);
}
