/** INI and TOML for highlight.js, whose own grammar takes time that grows with the square of a line of names. */
import type { HLJSApi, Language } from "highlight.js";

export function ini(hljs: HLJSApi): Language {
  const comment = hljs.COMMENT(/[;#]/, /$/);
  const string = {
    scope: "string",
    contains: [hljs.BACKSLASH_ESCAPE],
    variants: [
      { begin: "'''", end: "'''" },
      { begin: '"""', end: '"""' },
      { begin: '"', end: /"|$/ },
      { begin: "'", end: /'|$/ },
    ],
  };
  const values = [
    comment,
    string,
    { scope: "literal", begin: /\b(?:on|off|true|false|yes|no)\b/ },
    { scope: "variable", begin: /\$[\w"][\w_]{0,60}|\$\{[^}\n]{0,60}\}/ },
    { scope: "number", begin: /[+-]?\b\d[\d_:.TZeE+-]{0,60}/ },
  ];
  const list = { begin: /\[/, end: /\]/, contains: [comment, ...values, "self" as const] };
  return {
    name: "TOML, also INI",
    aliases: ["toml"],
    case_insensitive: true,
    contains: [
      comment,
      { scope: "section", begin: /^[ \t]*\[+/, end: /\]+/ },
      {
        scope: "attr",
        begin: /^[ \t]*(?:[\w.-]|"[^"\n]{0,200}"|'[^'\n]{0,200}'){1,200}(?=[ \t]*=)/,
        starts: { end: /$/, contains: [list, ...values] },
      },
    ],
  };
}
