/**
 * Text in which nothing is hidden. What an agent wants to run, touch or open must look like what it is: characters that
 * are invisible, that reorder their neighbours, or that only look like a space are written out, as "⟨U+200B⟩". Pure.
 *
 * Unicode's own properties (`\p{...}`) say which characters these are; three of its classes miss a few blanks, see
 * `BLANKS`.
 */

/**
 * Drawn as nothing or as a space although their class says otherwise: braille blank, a null notehead, fillers of two
 * scripts.
 */
const BLANKS = "\\u2800\\u{1D159}\\u{16FE4}\\u{13441}\\u{13442}";
const UNSEEN = new RegExp(
  `[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}${BLANKS}]|(?! )\\p{Zs}`,
  "gu",
);
/** Most texts match this and need no closer look. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/** Which hidden characters a text may keep. */
interface Rule {
  keeps: (mark: string, at: number, text: string) => boolean;
}

/** For prose: typographic spaces, joiners that scripts and emoji need, Windows line ends. */
const PROSE: Rule = {
  keeps: (mark, at, text) => {
    if (mark === "\n" || mark === "\t") return true;
    if (mark === "\r") return text[at + 1] === "\n";
    if (SPACES.has(mark)) return true;
    return JOINERS.has(mark) && isJoining(mark, text.slice(Math.max(0, at - 4), at), text.slice(at + 1, at + 5));
  },
};
/** For what is run or opened: only line ends and tabs. */
const EXACT: Rule = { keeps: (mark) => mark === "\n" || mark === "\t" };
/** For single-line text: a second line would look like a space, or like something else. */
const LINE: Rule = { keeps: () => false };

/** No-break and narrow no-break space, thin space, ideographic space. */
const SPACES = new Set(["\u00a0", "\u202f", "\u2009", "\u3000"]);
const ZWNJ = "\u200c";
const ZWJ = "\u200d";
const EMOJI_STYLE = "\ufe0f";
const JOINERS = new Set([ZWNJ, ZWJ, EMOJI_STYLE]);
const SCRIPTS = "Arab Syrc Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt".split(" ");
const LETTER = `(?:${SCRIPTS.map((script) => `\\p{Script=${script}}`).join("|")})`;
const ENDS_WITH_LETTER = new RegExp(`${LETTER}$`, "u");
const BEGINS_WITH_LETTER = new RegExp(`^${LETTER}`, "u");

/**
 * True for an emoji of several characters, or a letter that its neighbour shapes: marking these would make words
 * unreadable.
 */
function isJoining(mark: string, before: string, after: string): boolean {
  if (mark === EMOJI_STYLE) return /\p{Extended_Pictographic}$/u.test(before) || /^\u20e3/.test(after);
  if (mark === ZWJ && /^\p{Extended_Pictographic}/u.test(after))
    return /[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?$/u.test(before);
  return ENDS_WITH_LETTER.test(before) && BEGINS_WITH_LETTER.test(after);
}

/** For words, names and titles. A value that is not text (a server may send anything) is converted. */
export function visible(text: unknown): string {
  return written(text, PROSE);
}

/** For commands, code and patterns: what would be run. */
export function exact(text: unknown): string {
  return written(text, EXACT);
}

/** For paths, file names and addresses, which have one line. */
export function exactLine(text: unknown): string {
  return written(text, LINE);
}

function written(value: unknown, { keeps }: Rule): string {
  const text = inWords(value);
  if (PLAIN.test(text) && (keeps !== LINE.keeps || !/[\t\n]/.test(text))) return text;
  return text.replace(UNSEEN, (mark, at: number) => (keeps(mark, at, text) ? mark : named(mark)));
}

function named(mark: string): string {
  return `⟨U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}
