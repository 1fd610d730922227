// What an agent, or what an agent has read, may say to do harm: `?hostile=NAME` puts it wherever text can reach.

/** Each would say `alert`, were it run; in the manner of the lists of OWASP and of the cases of DOMPurify. */
const SCRIPTS = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<img src=x onerror=alert(1)>",
  '<img src="x:x" onerror="alert(1)"//>',
  "<image href=x onerror=alert(1)>",
  '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
  "<svg onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  '<svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)></svg>#x"/></svg>',
  '<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
  '<math href="javascript:alert(1)"><mi>CLICK</mi></math>',
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<template><img src=x onerror=alert(1)></template>",
  "<body onload=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<video><source onerror=alert(1)></video>",
  "<audio src=x onerror=alert(1)>",
  "<input autofocus onfocus=alert(1)>",
  "<select autofocus onfocus=alert(1)>",
  "<marquee onstart=alert(1)>",
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<base href="https://evil.example/">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<link rel=preload as=image href="https://evil.example/x.png">',
  '<form action="https://evil.example/"><button>Send</button></form>',
  "<isindex type=image src=1 onerror=alert(1)>",
  '<button data-commandlinker-command="terminal:create-new" data-commandlinker-args="{}">Run</button>',
  '<a data-commandlinker-command="notebook:run-all-cells" href="#">Run</a>',
  "</pre></code></textarea></title></style></script><img src=x onerror=alert(1)>",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<?xml-stylesheet href=javascript:alert(1)?>",
  "{{constructor.constructor('alert(1)')()}}",
  "$" + "{alert(1)}",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;img src=x onerror=alert(1)&#62;",
  "\u003cimg src=x onerror=alert(1)\u003e",
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  "```html\n<script>alert(1)</script>\n```",
  '$\\href{javascript:alert(1)}{x}$ $\\class{x" onclick="alert(1)}{y}$ $\\unicode{x3cimg}$',
  "$$\\html{<img src=x onerror=alert(1)>} \\includegraphics{https://evil.example/x.png}$$",
];

/** What would stand over the notebook, take the names of its things, or look like it. */
const BOXES = [
  '<div style="position:fixed;inset:0;z-index:99999;background:red">Your session has ended</div>',
  '<p style="position:absolute;top:-9999px">x</p>',
  "<style>* { position: fixed !important; inset: 0 }</style>",
  "<style>@import 'https://evil.example/x.css';</style>",
  '<div style="background:url(https://evil.example/x.png)">x</div>',
  '<div style="width: expression(alert(1))">x</div>',
  '<div style="\\70osition:fixed">x</div>',
  '<a id="jupyter-config-data" name="config">x</a>',
  '<form id="documentElement"><input name="parentNode"><input name="attributes"></form>',
  '<img name="getElementById"><a id=__proto__></a>',
  '<p class="jp-Notebook jp-mod-active" id="main">x</p>',
  '<dialog open>Enter your password <input type="password"></dialog>',
  '<p popover id="p">x</p><button popovertarget="p">x</button>',
  "<marquee>x</marquee><blink>x</blink><center>x</center>",
  "$$\\rule{9999em}{9999em}$$",
  "$$\\raisebox{-999em}{x} \\hspace{-999em} \\kern{-9999px} y \\smash{\\Huge X}$$",
  "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309".padEnd(400, "\u0310\u0311\u0312"),
  "\ufdfd".repeat(100),
  "x".repeat(5000),
  "\n".repeat(300),
  "W̶i̶d̶e̶ ".repeat(200),
];

const LINKS = [
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](javascript&colon;alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](vbscript:msgbox(1))",
  "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[x](blob:https://evil.example/1)",
  "[x](file:///etc/passwd)",
  "[x](//evil.example/)",
  "[x](/lab/api/kernels)",
  "[x](#main)",
  "<javascript:alert(1)>",
  '[x](https://evil.example/ "\\" onmouseover=alert(1)")',
  "[x][r]\n\n[r]: javascript:alert(1)",
  "[https://good.example](https://evil.example/path)",
  "[good.example](https://evil.example)",
  "[docs](https://\u0430pple.com/)",
  "https://ex\u0430mple.org/",
  "https://good.example@evil.example/",
  "[a](https://evil.example/\u202egnp.exe)",
  "[![pixel](https://evil.example/pixel.png)](https://evil.example/)",
  "![pixel](https://evil.example/pixel.png)",
  "![p](data:image/svg+xml,<svg onload=alert(1)>)",
  "![p][q]\n\n[q]: https://evil.example/q.png",
];

/** For terminals, and for readers of lines. */
const TERMINAL = [
  "\u001b]0;title\u0007\u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\",
  "\u001b]52;c;ZXZpbA==\u0007\u001b]1337;File=inline=1:AAAA\u0007\u001bP+q544e\u001b\\",
  "\u001b[2J\u001b[3J\u001b[H\u001b[9999A\u001b[9999;9999Hover\u001b[?1049h\u001b[c\u001b[6n",
  "\u001b[38;2;255;255;255;48;2;255;255;255munseen\u001b[8mhidden\u001b[0m",
  `\u001b[${"1;".repeat(500)}m`,
  "\r\b\b\b\b\u001b[1G\u001b[Kgone\u0000\u0007\u009b31m",
  "\u001b[31m<img src=x onerror=alert(1)>\u001b[0m",
];

/** Marks that reorder what stands beside them, and letters that nobody sees. */
const REORDERED = [
  "rm \u202e txt.\u2066good\u2069 -fr\u202c",
  "file\u202egnp.exe",
  "\u202b\u202b\u202b\u202bשלום\u2067\u2067",
  "a\u200bb\u200db\ufeffc\u2060d\u00ade",
  "\ud800lone\udc00 \u{e0041}\u{e0042}",
];

export const CORPUS = {
  scripts: SCRIPTS.join("\n\n"),
  boxes: BOXES.join("\n\n"),
  links: LINKS.join("\n\n"),
  terminal: TERMINAL.join("\n\n"),
  reordered: REORDERED.join("\n\n"),
};

/** What the page looks things up by. All other strings are text of a server, or of an agent. */
const KEPT = new Set([
  ..."type op epoch to id key kind role state status mode dialect features activeInstance activeSession active_instance".split(
    " ",
  ),
  ..."instance session transcript message part after parent child source priority format subagent_type operation".split(
    " ",
  ),
  ..."default value conditions defaultAgent defaultModel page field".split(" "),
]);
const KEPT_WHERE_KNOWN = new Set(["tool", "permission"]);
const DIFFS = new Set(["diff", "patch"]);

/** `value` with `text` in place of each of its strings. */
export function poison(value, text, key = "") {
  if (typeof value === "string") return poisoned(value, text, key);
  if (Array.isArray(value)) return value.map((each) => poison(each, text, key));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, each]) => [name, poison(each, text, name)]);
  if (key === "input") entries.push([text.slice(0, 300), text]);
  return Object.fromEntries(entries);
}

function poisoned(value, text, key) {
  if (KEPT.has(key) && key !== "message") return value;
  if (key === "message") return /^[a-z0-9-]+$/i.test(value) ? value : text;
  if (KEPT_WHERE_KNOWN.has(key) && /^[a-z]+$/.test(value)) return value;
  if (DIFFS.has(key)) return diffOf(text);
  if (key === "url") return value.startsWith("data:image/png") ? value : `javascript:alert(1)//${text}`;
  return key === "mime" && value.startsWith("image/") ? value : text;
}

function diffOf(text) {
  const lines = text.split("\n");
  const range = `1,${lines.length}`;
  const changed = [...lines.map((line) => `-${line}`), ...lines.map((line) => `+${line} `)].join("\n");
  return `--- a/${lines[0]}\n+++ b/${lines[0]}\n@@ -${range} +${range} @@ ${lines[0]}\n${changed}\n`;
}
