/** What our Markdown adds to the GitHub syntax of `marked`: formulas and footnotes. Neither spans an empty line. */
import type { MarkedExtension } from "marked";
import { blockFormula, inlineFormula } from "./math/formula";
import { escapeHtml, formulaHtml } from "./math/mathml";

const NOTE = /^\[\^(\w{1,32})\]: ?([^\n]*(?:\n(?!\[\^\w{1,32}\]:)[^\S\n]*\S[^\n]*)*)(?:\n|$)/;
const REFERENCE = /^\[\^(\w{1,32})\](?!:)/;
/** A dollar after a letter or digit does not open a formula: US$5. */
const FORMULA = /(?<![\p{L}\p{N}\\$])\$(?=\S)|\\[([]/u;

/** A longer paragraph is not searched for the end of a formula. */
const LONGEST = 4_000;

/** The position of `pattern` within the first paragraph of `source`; later paragraphs are searched in their turn. */
function inParagraph(source: string, pattern: RegExp): number | undefined {
  const [paragraph = ""] = source.slice(0, LONGEST).split("\n\n", 1);
  return pattern.exec(paragraph)?.index;
}

/**
 * `title`s that mark our own nodes. Only we can write them, since raw HTML has no attributes here. `decorate.ts` reads
 * them.
 */
export const MARKS = { reference: "footnote", note: "footnotes" } as const;

export const extensions: MarkedExtension["extensions"] = [
  {
    name: "formulaBlock",
    level: "block",
    start(source) {
      return this.lexer.state.top ? inParagraph(source, /\n {0,3}(?:\$\$|\\\[)/) : undefined;
    },
    tokenizer(source) {
      const found = blockFormula(source);
      return found && { type: "formulaBlock", ...found };
    },
    renderer: ({ raw, tex }) => `<p>${tex === undefined ? escapeHtml(raw.trimEnd()) : formulaHtml(tex, true)}</p>\n`,
  },
  {
    name: "formula",
    level: "inline",
    start: (source) => FORMULA.exec(source)?.index,
    tokenizer(source) {
      const found = inlineFormula(source);
      return found && { type: "formula", ...found };
    },
    renderer: ({ tex, display }) => formulaHtml(tex, display),
  },
  {
    name: "note",
    level: "block",
    start(source) {
      return this.lexer.state.top ? inParagraph(source, /\n\[\^\w{1,32}\]:/) : undefined;
    },
    tokenizer(source) {
      const found = NOTE.exec(source);
      if (!found) return undefined;
      const [raw, label = "", text = ""] = found;
      return { type: "note", raw, label, tokens: this.lexer.inline(text.replace(/\n\s*/g, "\n")) };
    },
    renderer({ label, tokens }) {
      const text = this.parser.parseInline(tokens ?? []);
      return `<p title="${MARKS.note}"><sup>${escapeHtml(label)}</sup> ${text}</p>\n`;
    },
  },
  {
    name: "reference",
    level: "inline",
    start: (source) => source.indexOf("[^"),
    tokenizer(source) {
      const found = REFERENCE.exec(source);
      return found ? { type: "reference", raw: found[0], label: found[1] } : undefined;
    },
    renderer: ({ label }) => `<sup title="${MARKS.reference}">${escapeHtml(label)}</sup>`,
  },
];
