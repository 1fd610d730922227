/**
 * Our Markdown: GitHub's, with two restrictions that allow a long text to be handled block by block, and that hide
 * nothing.
 *
 *  - Raw HTML is text: an agent's `Option<T>` or `<!-- note -->` is shown as written. A few harmless inline tags
 *    without attributes (`<br>`, `<kbd>`, ...) keep their meaning. So no HTML block can span an empty line.
 *  - A link definition ends at an empty line (its title could otherwise span it).
 */
import { type Links, Marked, type MarkedOptions, Parser, type Token, type Tokens } from "marked";

import { BoundedLexer, BoundedTokenizer } from "./bounds";
import { extensions } from "./extensions";
import { escapeHtml } from "./math/mathml";
import { FILE, IMAGE, PICTURE } from "./sanitize";

const INLINE_TAG = /^<\/?(?:b|i|em|strong|sub|sup|kbd|br|del|s|u|mark)\s*\/?>$/i;
const AFTER_ADDRESS = /[\s<]|[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65‘’“”«»…]|\*\*|~~/;
/** What stands before a bracket that closes one from before the address. */
const CLOSED_BEFORE = /^(?:[^\s[\]]|\[[^\s[\]]*\])*(?=\])/;
/** The end of a longer address is not looked for. */
const LONGEST_ADDRESS = 4_000;
const EMPTY_LINE = /\n[ \t]*\n/;

/**
 * Languages of the fenced code in rendering order; they travel beside the HTML, since the sanitiser drops every class.
 */
let languages: string[] = [];

class OurTokenizer extends BoundedTokenizer {
  override html(): undefined {
    return undefined;
  }

  /** Stops the lexer from tracking open `<a>` and `<pre>`: those tags are text here. */
  override tag(source: string): Tokens.Tag | undefined {
    const raw = this.rules.inline.tag.exec(source)?.[0];
    if (raw === undefined) return undefined;
    return { type: "html", raw, text: raw, inLink: false, inRawBlock: false, block: false };
  }

  /** An address in prose ends where no address goes on: at punctuation of other scripts, at emphasis, and where a bracket before it closes. */
  override url(source: string): Tokens.Link | undefined {
    const end = AFTER_ADDRESS.exec(source.slice(0, LONGEST_ADDRESS))?.index;
    const found = super.url(end === undefined ? source : source.slice(0, end));
    const bracket = found?.raw.includes("]") ? CLOSED_BEFORE.exec(found.raw)?.[0].length : undefined;
    return bracket === undefined ? found : super.url(source.slice(0, bracket));
  }

  override def(source: string): Tokens.Def | undefined {
    const raw = this.rules.block.def.exec(source)?.[0];
    const found = raw !== undefined && EMPTY_LINE.test(raw.trimEnd()) ? undefined : super.def(source);
    if (found) (this.lexer as BoundedLexer).defines(found.tag);
    return found;
  }
}

const DATA_PICTURE = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp|svg\+xml)[;,]/i;

/** Has the address no scheme and no host, and is it more than a place in the text? */
function isOfProject(href: string): boolean {
  return href !== "" && !/^(?:[a-z][a-z\d+.-]*:|\/\/|[#?])/i.test(href);
}

const marked = new Marked({
  gfm: true,
  extensions,
  renderer: {
    html: ({ text }) => (INLINE_TAG.test(text) ? text : escapeHtml(text)),
    code({ text, lang }) {
      languages.push(languageOf(lang));
      return `<pre><code>${escapeHtml(text.replace(/\n$/, ""))}</code></pre>\n`;
    },
    /**
     * Trims the paragraph: whether a blank line before a footnote belongs to it depends on how much of the text has
     * arrived.
     */
    paragraph({ tokens }) {
      return `<p>${this.parser.parseInline(tokens).trimEnd()}</p>\n`;
    },
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    /** A link without a scheme leads to a file of the project. */
    link({ href, tokens }) {
      if (!isOfProject(href)) return false;
      const words = this.parser.parseInline(tokens);
      return `<a title="${escapeHtml(href)}" rel="${FILE}">${words}</a>`;
    },
    /** No image loads by itself: its description becomes a marked link to it. */
    image({ href, title, text }) {
      const label = escapeHtml(text || title || "image");
      if (isOfProject(href) || DATA_PICTURE.test(href)) {
        return `<a title="${escapeHtml(href)}" rel="${PICTURE}">${label}</a>`;
      }
      return `<a href="${escapeHtml(href)}" rel="${IMAGE}">${label}</a>`;
    },
  },
});

const options: MarkedOptions = { ...(marked.defaults as MarkedOptions), tokenizer: new OurTokenizer() };

/** The first word after the fence, in lower case: "python" of "```Python title=x". */
export function languageOf(info: string | undefined): string {
  return (info ?? "").trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
}

export type { Links, Token, Tokens };

export function noLinks(): Links {
  return Object.create(null) as Links;
}

/** The type of a token whose text is shown as it was written. */
export const SOURCE = "source";

/** The blocks of `source`. `links` are the definitions known so far; those found in `source` are added to it. */
export function lex(source: string, links: Links): Token[] {
  return read(source, links).tokens;
}

/** The blocks of `source`, and the labels of the link definitions that it adds to `links`. */
export function read(source: string, links: Links): { tokens: Token[]; labels: string[] } {
  const lexer = new BoundedLexer(options);
  lexer.tokens.links = links;
  try {
    return { tokens: lexer.lex(source), labels: lexer.labels };
  } catch (error) {
    console.warn("Markdown could not be read and is shown as its source.", error);
    return { tokens: [{ type: SOURCE, raw: source }], labels: lexer.labels };
  }
}

/**
 * The blocks of a text that may still change: its definitions apply to itself alone. `links` is not copied, as it can
 * be large.
 */
export function lexDraft(source: string, links: Links): Token[] {
  const { tokens, labels } = read(source, links);
  for (const label of labels) delete links[label];
  return tokens;
}

interface Rendered {
  /** Not sanitised yet. */
  html: string;
  languages: string[];
}

export function toHtml(token: Token): Rendered {
  languages = [];
  const html = Parser.parse([token], options) as string;
  return { html, languages };
}
