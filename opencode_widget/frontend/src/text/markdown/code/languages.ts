/** highlight.js with the languages that we colour, and with an emitter that builds DOM. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
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
import { HighlightEmitter } from "./highlight_emitter";
import { ini } from "./ini_language";

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
// Grammars are large, so one that covers a similar language stands in for it.
hljs.registerAliases(["c", "h"], { languageName: "cpp" });
hljs.registerAliases(["javascript", "js", "jsx", "mjs", "cjs"], { languageName: "typescript" });
hljs.registerAliases(["ipython", "python3"], { languageName: "python" });
hljs.registerAliases(["svelte", "vue"], { languageName: "xml" });
hljs.configure({ __emitter: HighlightEmitter });

export function knows(language: string): boolean {
  return language !== "" && hljs.getLanguage(language) !== undefined;
}

/** The colours of the code. Undefined if highlight.js failed, as its output is then unreliable. */
export function coloursOf(code: string, language: string): HighlightEmitter | undefined {
  const { errorRaised, _emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  return errorRaised === undefined && _emitter instanceof HighlightEmitter ? _emitter : undefined;
}
