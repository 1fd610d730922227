/**
 * Bounds the cost of `marked`. Hostile text can cost time that grows with the square of its length, or exhaust the
 * stack, and would freeze the page. Text beyond a bound is shown as its source. Each bound depends on the text alone,
 * so that streamed text ends up the same as text rendered at once.
 */
import { Lexer, type MarkedOptions, type Token, Tokenizer, type Tokens } from "marked";
import { FLANKING_RULES } from "./flanking";

/** The maximum nesting of quotes and lists, and of inline marks. */
const DEEPEST = 16;
/** More quote and list markers than this at the start of a line are text. */
const TOO_DEEP = new RegExp(`^(?:[ \\t]*(?:>|(?:[-*+]|\\d{1,9}[.)])(?=[ \\t]))){${DEEPEST + 1}}`);
/** A longer paragraph, heading or cell is not parsed for inline marks. */
const LONGEST = 20_000;
/** The number of characters scanned in all within one paragraph: each mark scans everything after it. */
const DEAREST = 5_000_000;
/** A larger table is shown as its source. */
const CELLS = 5_000;
const TABLE_HEAD = /^ {0,3}\S/;
const TABLE_RULE = /^ {0,3}(?:[:-]|\|[ \t]*[:-])[|:\- \t]*$/;
/** Underlined text of more characters is not a heading. */
const HEADLINE = 1_000;
/** Longer lines in a list are not searched for markers one by one. */
const LINE = 1_000;

export class BoundedLexer extends Lexer {
  /** Labels of the link definitions that are new. */
  readonly labels: string[] = [];
  #depth = 0;
  #spent = 0;

  constructor(options: MarkedOptions) {
    super(options);
    const tokenizer = this.options.tokenizer as Tokenizer;
    const { block, inline, other } = tokenizer.rules;
    const nestedBlockMarker = new RegExp(`^(?!.{${LINE}})${other.nestedBlockMarker.source.slice(1)}`);
    tokenizer.rules = { block, inline: { ...inline, ...FLANKING_RULES }, other: { ...other, nestedBlockMarker } };
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

  /** True if the budget allows another step with this many characters before it. */
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

  /** `marked` calls this first at each step through inline text, so the bounds are checked here. */
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

/** Shows a large table as code without a language. */
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
