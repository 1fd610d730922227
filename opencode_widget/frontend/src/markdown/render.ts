import { codeBlock } from "./code";
import { decorate } from "./decorate";
import { sanitize } from "./sanitize";
import { type Links, languageOf, lex, noLinks, type Token, type Tokens, toHtml } from "./syntax";

/** One block of Markdown as nodes that are safe to show; paths within `folder` are shown relative to it. */
export function renderToken(token: Token, folder?: string): Node {
  if (token.type === "space" || token.type === "def") return document.createDocumentFragment();
  if (token.type === "code") return codeBlock((token as Tokens.Code).text, languageOf((token as Tokens.Code).lang));
  const { html, languages } = toHtml(token);
  return decorate(sanitize(html.trim()), languages, folder);
}

/** Runs through everything once, so that the first words of the first answer don't wait for it. */
export function warmUp(): void {
  renderMarkdown("Some **words**, `code` and $x^2$\n\n- list\n\n| a |\n| - |\n| b |\n\n```python\nimport this\n```");
}

/** The whole of a text at once. */
export function renderMarkdown(source: string, links: Links = noLinks()): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const token of lex(source, links)) fragment.append(renderToken(token));
  return fragment;
}
