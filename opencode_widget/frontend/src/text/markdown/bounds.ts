/**
 * `marked` with bounds. Text can be made to cost time that grows with its square, or more stack than there is: a page would
 * stand still. Beyond a bound it is shown as it was written. Each bound depends on the text alone, so that text that comes in
 * pieces ends as it does at once.
 */
import { Lexer, type MarkedOptions, type Token, Tokenizer, type Tokens } from "marked";

/** Quotes and lists in each other, and marks in each other. */
const DEEPEST = 16;
/** So many markers of quotes and lists at the head of a line are text. */
const TOO_DEEP = new RegExp(`^(?:[ \\t]*(?:>|(?:[-*+]|\\d{1,9}[.)])(?=[ \\t]))){${DEEPEST + 1}}`);
/** A longer paragraph, headline or cell is not looked into for marks. */
const LONGEST = 20_000;
/** Characters that are looked at in all while one is looked into: for each mark all that stand behind it. */
const DEAREST = 5_000_000;
/** A larger table is shown as its source. */
const CELLS = 5_000;
const TABLE_HEAD = /^ {0,3}\S/;
const TABLE_RULE = /^ {0,3}(?:[:-]|\|[ \t]*[:-])[|:\- \t]*$/;
/** Underlined text of more characters is no headline. */
const HEADLINE = 1_000;
/** Longer lines in a list are not searched for markers one by one. */
const LINE = 1_000;

export class BoundedLexer extends Lexer {
  /** Labels of the link definitions that were not known before. */
  readonly labels: string[] = [];
  #depth = 0;
  #spent = 0;

  constructor(options: MarkedOptions) {
    super(options);
    const tokenizer = this.options.tokenizer as Tokenizer;
    const { other } = tokenizer.rules;
    const nestedBlockMarker = new RegExp(`^(?!.{${LINE}})${other.nestedBlockMarker.source.slice(1)}`);
    tokenizer.rules = { ...tokenizer.rules, other: { ...other, nestedBlockMarker } };
  }

  defines(label: string): void {
    if (!(label in this.tokens.links)) this.labels.push(label);
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (this.#depth === 0) this.#spent = 0;
    if (source.length > LONGEST || this.#depth === DEEPEST) {
      tokens.push({ type: "text", raw: source, text: source, escaped: false });
      return tokens;
    }
    this.#depth += 1;
    try {
      return super.inlineTokens(source, tokens);
    } finally {
      this.#depth -= 1;
    }
  }

  /** May another step be taken, with so many characters before it? */
  affords(length: number): boolean {
    this.#spent += length;
    return this.#spent <= DEAREST;
  }
}

export class BoundedTokenizer extends Tokenizer {
  #depth = 0;

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#deeper(source, () => super.blockquote(source));
  }

  override list(source: string): Tokens.List | undefined {
    return this.#deeper(source, () => super.list(source));
  }

  override fences(source: string): Tokens.Code | undefined {
    return super.fences(source) ?? hugeTable(source);
  }

  override lheading(source: string): Tokens.Heading | undefined {
    if (source.length <= HEADLINE) return super.lheading(source);
    return super.lheading(source.slice(0, source.lastIndexOf("\n", HEADLINE) + 1));
  }

  /** The first to be asked at each step through a line. */
  override escape(source: string): Tokens.Escape | undefined {
    if ((this.lexer as BoundedLexer).affords(source.length)) return super.escape(source);
    return { type: "escape", raw: source, text: source };
  }

  #deeper<Block>(source: string, read: () => Block | undefined): Block | undefined {
    if (this.#depth === DEEPEST || TOO_DEEP.test(source)) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** A large table as code without a language. */
function hugeTable(source: string): Tokens.Code | undefined {
  const head = lineAt(source, 0);
  if (!head.includes("|") || !TABLE_HEAD.test(head) || !TABLE_RULE.test(lineAt(source, head.length + 1)))
    return undefined;
  let [end, rows] = [head.length, 0];
  while (end < source.length) {
    const line = lineAt(source, end + 1);
    if (line.trim() === "") break;
    end += 1 + line.length;
    rows += 1;
  }
  const raw = source.slice(0, end);
  return rows * head.split("|").length > CELLS ? { type: "code", raw, text: raw } : undefined;
}

function lineAt(source: string, start: number): string {
  const end = source.indexOf("\n", start);
  return source.slice(start, end < 0 ? undefined : end);
}
