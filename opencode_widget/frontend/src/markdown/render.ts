import { codeBlock } from "./code";
import { sanitize } from "./sanitize";
import { type Links, languageOf, lex, noLinks, type Token, type Tokens, toHtml } from "./syntax";

/** One block of Markdown as nodes that are safe to show. */
export function renderToken(token: Token): Node {
  if (token.type === "space" || token.type === "def") return document.createDocumentFragment();
  if (token.type === "code") return codeBlock((token as Tokens.Code).text, languageOf((token as Tokens.Code).lang));
  const { html, languages } = toHtml(token);
  return decorate(sanitize(html.trim()), languages);
}

/** Runs through everything once, so that the first words of the first answer don't wait for it. */
export function warmUp(): void {
  renderMarkdown("Some **words** and `code`\n\n- list\n\n| a |\n| - |\n| b |\n\n```python\nimport this\n```");
}

/** The whole of a text at once. */
export function renderMarkdown(source: string, links: Links = noLinks()): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const token of lex(source, links)) fragment.append(renderToken(token));
  return fragment;
}

/** What the sanitiser would have dropped: code as `CodeBlock`s, and a frame around tables, so that they can scroll. */
function decorate(fragment: DocumentFragment, languages: string[]): DocumentFragment {
  Array.from(fragment.querySelectorAll("pre")).forEach((pre, index) => {
    pre.replaceWith(codeBlock(pre.textContent, languages[index] ?? ""));
  });
  for (const table of Array.from(fragment.querySelectorAll("table"))) {
    const frame = document.createElement("div");
    frame.className = "ocw-table";
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  return fragment;
}
