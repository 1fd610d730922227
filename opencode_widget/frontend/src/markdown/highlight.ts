/** Colours for code, as DOM: highlight.js's tree becomes `<span class="hljs-...">`, no HTML in between. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import json from "highlight.js/lib/languages/json";
import julia from "highlight.js/lib/languages/julia";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import rust from "highlight.js/lib/languages/rust";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { css } from "./css_language";

const LANGUAGES = {
  bash,
  cpp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  json,
  julia,
  makefile,
  markdown,
  python,
  r,
  rust,
  shell,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);
// A grammar that knows more than its sister stands in for her: they are large.
hljs.registerAliases(["c", "h"], { languageName: "cpp" });
hljs.registerAliases(["javascript", "js", "jsx", "mjs", "cjs"], { languageName: "typescript" });
hljs.registerAliases(["ipython", "python3"], { languageName: "python" });
hljs.registerAliases(["svelte", "vue"], { languageName: "xml" });

interface Scope {
  scope?: string;
  children: Array<Scope | string>;
}

export function knows(language: string): boolean {
  return language !== "" && hljs.getLanguage(language) !== undefined;
}

/** The code as coloured nodes; as one text node where the language is not known. */
export function highlight(code: string, language: string): Node {
  if (!knows(language)) return document.createTextNode(code);
  const result = hljs.highlight(code, { language, ignoreIllegals: true });
  return build((result._emitter as unknown as { rootNode: Scope }).rootNode, document.createDocumentFragment());
}

function build(scope: Scope, into: Node): Node {
  for (const child of scope.children) {
    if (typeof child === "string") into.appendChild(document.createTextNode(child));
    else into.appendChild(build(child, scopeElement(child)));
  }
  return into;
}

/** "title.function" is `hljs-title function_`, as highlight.js writes it. */
function scopeElement({ scope = "" }: Scope): Node {
  if (scope === "" || scope.startsWith("language:")) return document.createDocumentFragment();
  const [first = "", ...rest] = scope.split(".");
  const span = document.createElement("span");
  span.className = [`hljs-${first}`, ...rest.map((name, depth) => name + "_".repeat(depth + 1))].join(" ");
  return span;
}
