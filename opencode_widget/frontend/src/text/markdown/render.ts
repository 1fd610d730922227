import { TextSink } from "../text_sink";
import { allowDrawing, codeBlock } from "./code/code_block";
import { decorate } from "./decorate";
import { sanitize } from "./sanitize";
import { type Links, languageOf, lex, noLinks, SOURCE, type Token, type Tokens, toHtml } from "./syntax";

/**
 * One Markdown block as safe nodes; paths within `folder` are shown relative to it. A block that cannot be drawn is
 * shown as its source, so that no word is lost.
 */
export function renderToken(token: Token, folder?: string): Node {
  try {
    return drawn(token, folder);
  } catch (error) {
    console.warn("A block of Markdown could not be drawn and is shown as its source.", error);
    return asSource(token.raw);
  }
}

/** Blocks that later words may change: their diagrams cannot be drawn yet. */
export function renderDraft(tokens: readonly Token[], folder?: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const token of tokens) fragment.append(renderToken(token, folder));
  allowDrawing(fragment, false);
  return fragment;
}

function drawn(token: Token, folder: string | undefined): Node {
  if (token.type === SOURCE) return asSource(token.raw);
  if (token.type === "space" || token.type === "def") return document.createDocumentFragment();
  if (token.type === "code") return codeBlock((token as Tokens.Code).text, languageOf((token as Tokens.Code).lang));
  const { html, languages } = toHtml(token);
  return decorate(sanitize(html.trim()), languages, folder);
}

/** Text shown without parsing Markdown, each line on a line of its own. */
function asSource(text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "ocw-md-source";
  new TextSink(element).append(text.trimEnd());
  return element;
}

/** Runs the whole pipeline once, so that the first words of the first answer don't wait for it. */
export function warmUp(): void {
  renderMarkdown("Some **words**, `code` and $x^2$\n\n- list\n\n| a |\n| - |\n| b |\n\n```python\nimport this\n```");
}

/** Renders a whole text at once, however long that takes; `MarkdownStream` is for texts of any length. */
export function renderMarkdown(source: string, links: Links = noLinks()): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const token of lex(source, links)) fragment.append(renderToken(token));
  return fragment;
}
