/**
 * Which runs of `*` and `~~` open and close. Pure.
 *
 * CommonMark decides by the characters around a run, and takes for granted that words are set apart by spaces. In
 * scripts without such spaces it refuses marks that everyone reads as marks: `**注意：**请`. So, as the amendment
 * "CJK friendly emphasis" has it, a character of such a script counts as a boundary wherever punctuation stands on the
 * other side of the run, and punctuation of such a script counts as one of its letters.
 *
 * A `**` after closing punctuation closes before any letter (`**Note:**text`): while it streams it is at the end of
 * the text, where it closes, and it must not open again when the next letter arrives.
 */

const UNSPACED_SCRIPTS = ["Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar"];
/** Their letters, and the punctuation and the full-width forms of East Asia. */
const UNSPACED = `${UNSPACED_SCRIPTS.map((name) => `\\p{scx=${name}}`).join("")}\\u3000-\\u303f\\uff00-\\uffef`;
/** Punctuation that ends what stands before it. */
const ENDING = `[:.,;!?)\\]}"'”’»%…]`;
/** A tilde is no boundary of emphasis, so that `**` and `~~` can stand beside each other. */
const STARS = { punctuation: `(?![~${UNSPACED}])[\\p{P}\\p{S}]`, word: `(?![${UNSPACED}])(?:[^\\s\\p{P}\\p{S}]|~)` };
const TILDES = { punctuation: `(?![${UNSPACED}])[\\p{P}\\p{S}]`, word: `(?![${UNSPACED}])[^\\s\\p{P}\\p{S}]` };

/** The patterns of `marked` for emphasis and struck text, which read these rules. */
export const FLANKING_RULES = {
  // `marked` passes half a character where the one before the run has two UTF-16 units.
  punctuation: new RegExp(`^(?![*_])[\\s\\p{P}\\p{S}${UNSPACED}\\udc00-\\udfff]`, "u"),
  emStrongLDelim: new RegExp(
    `^(?:\\*+(?:((?!\\*)${STARS.punctuation})|([^\\s*]))?)|^_+(?:((?!_)${STARS.punctuation})|([^\\s_]))?`,
    "u",
  ),
  emStrongRDelimAst: closers("\\*", "\\*+", "\\*{2,}", "[^_*]*?__[^_*]*?\\*[^_*]*?(?=__)|[^*]+(?=[^*])", STARS),
  // One tilde means "about": it strikes nothing.
  delLDelim: new RegExp(`^~~(?:((?!~)${TILDES.punctuation})|[^\\s~])`, "u"),
  delRDelim: closers("~", "~~", "~~", "[^~]+(?=[^~])", TILDES),
};

/**
 * The pattern that steps through the runs after an opening one. Its groups: 1 and 2 can only close, 3 and 4 can only
 * open, 5 and 6 can do either.
 *
 * Args:
 *  sign, run: the patterns of the character and of a run of it.
 *  strong: a run that closes between closing punctuation and a letter.
 *  words: what is passed over.
 */
function closers(
  sign: string,
  run: string,
  strong: string,
  words: string,
  { punctuation, word }: typeof STARS,
): RegExp {
  const other = `(?!${sign})`;
  const letter = `(?:[${UNSPACED}]|${word})`;
  const opensOnly = `(?!${ENDING}${strong}${other})${other}${punctuation}(?=${run}${word})`;
  return new RegExp(
    [
      `^${words}`,
      `${other}${punctuation}(${run})(?=\\s|$)`,
      `(?:${letter}(?=${run}(?:\\s|$))|${word}(?=${run}${other}${punctuation}))(${run})`,
      `(?:\\s|${opensOnly})(${run})(?=${letter})`,
      `\\s(${run})${other}(?=${punctuation})`,
      `${other}${punctuation}(${run})${other}(?=${punctuation}|${letter})`,
      `(?:${letter}(?=${run}${letter})|[${UNSPACED}](?=${run}${other}${punctuation}))(${run})`,
    ].join("|"),
    "gu",
  );
}

const IS_SPACE = /^\s?$/;
const IS_PUNCTUATION = new RegExp(`^${TILDES.punctuation}$`, "u");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}\\udc00-\\udfff]$`, "u");
const IS_ENDING = new RegExp(`^${ENDING}$`, "u");

/** True if a run between these characters can open; "" stands for the start and the end of the text. */
export function canOpen(before: string, next: string): boolean {
  if (IS_SPACE.test(next)) return next === "";
  return !IS_PUNCTUATION.test(next) || IS_SPACE.test(before) || IS_PUNCTUATION.test(before) || IS_UNSPACED.test(before);
}

/** True if a run between these characters can close. */
export function canClose(before: string, next: string): boolean {
  if (IS_SPACE.test(before)) return false;
  if (!IS_PUNCTUATION.test(before) || IS_ENDING.test(before)) return true;
  return IS_SPACE.test(next) || IS_PUNCTUATION.test(next) || IS_UNSPACED.test(next);
}
