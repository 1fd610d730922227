// Texts that were made to cost a page much, and what it costs: `weigh()` of the gallery page plays each in the real widget.

const repeated = (unit, length) => unit.repeat(Math.ceil(length / unit.length));
const lines = (length, line) => {
  const made = [];
  for (let [at, size] = [0, 0]; size < length; at += 1) {
    made.push(line(at));
    size += made[at].length + 1;
  }
  return made.join("\n");
};
const fenced = (language, code) => `Before.\n\n\`\`\`${language}\n${code}\n\`\`\`\n\nAFTER.`;

/** What opens something, or many things, in each language that we colour. */
export const NESTING = {
  bash: ['"$(', "$((", "`", "{ ", "[[ ", "if ", "case a in\n", "<<A\n"],
  c: ["{", "(", "#if(", '"\\', "<", "template<", "a<", "/*"],
  cpp: ["{", "(", 'R"a(', "a::", "<", "namespace a{", "int f(", "a b("],
  css: ["{", "a{", "@media(", "[", "a:b(", "/*", "--a:", "a-"],
  diff: ["+", "-", "@@ ", "--- a\n", "*** ", "Index: "],
  dockerfile: ["RUN ", "FROM ", '["', "ENV a="],
  go: ["{", "func(", "`", "map[", "struct{", "(", "func a("],
  html: ["<a ", "<", "<!--", "<script>", "<style>", "<![CDATA[", "<a b='", "&", "<?php "],
  ini: ["[", "a=[", "[[", '"""', "a.", "a=", "$a", "${"],
  java: ["{", "@A(", "(", "a(", "class a{", "<", "@interface ", "new ", "a<b>"],
  javascript: ["${`", "`${", "(", "{", "[", "<a>", "<a b={", "/", "a=>", "()=>{", "function a(", "class a{"],
  json: ["[", '{"a":', '"', "{", '"a":['],
  julia: ['"$(', "(", "[", "begin ", "function ", "#=", "a`", "a'"],
  makefile: ["$(", "${", "a:\n\t", "define ", "$(a "],
  markdown: ["[", "*", "_", "**", "> ", "- ", "`", "![", "<", "*_", "[a](", "# "],
  python: ['f"{', "f'''{", "(", "[", "{", '"""', "def f(", "lambda ", "@a(", "class a(", ">>> "],
  r: ["{", "(", "function(", "`", "#' ", "%", "'"],
  rust: ["/*", "{", "<", "(", "#[", "fn a<", "r#", "a!(", "'a ", "impl "],
  shell: ["$ ", "> ", "$ $(", '$ "$(', "# "],
  sql: ["(", "/*", "CASE ", "'", "SELECT ", '"', "a.", "func("],
  typescript: ["<", "`${", "{", "(", "[", ":", "a<b", "type a=", "<a>", "@a(", "interface a{"],
  xml: ["<a>", "<a b='", "<!", "<!--", "<a ", "<![CDATA[", "</"],
  yaml: ["[", "{", "- ", "? ", "a: ", "!!", "a: [", "'", "&a ", "a: |\n ", "{{"],
};

/** Markdown, by its length in characters. */
export const MARKDOWN = {
  "a definition behind each paragraph": (n) =>
    lines(n, (at) => `See [a${at}] and [b].\n\n[a${at}]: http://example.org/${at}\n`),
  "a definition of what all name": (n) => lines(n, (at) => `See [a] and [b${at}].\n\n[b${at}]: http://example.org\n`),
  "all definitions last": (n) =>
    `${lines(n / 2, (at) => `See [a${at}].\n`)}\n\n${lines(n / 2, (at) => `[a${at}]: http://example.org`)}`,
  "a link whose words are dots": (n) => lines(n, () => `[${".".repeat(Math.min(n, 19_000))} x](http://example.org)\n`),
  "a link whose words are dots and slashes": (n) => `[${repeated("a./", n)} x](http://example.org)`,
  notes: (n) => lines(n, (at) => `[^n${at}]: a`),
  "notes that are named": (n) => lines(n, (at) => `word[^n${at % 99}]\n\n[^n${at % 99}]: a\n`),
  "a wide table": (n) => `${repeated("|a", n / 3)}|\n${repeated("|-", n / 3)}|\n${repeated("|b", n / 3)}|`,
  "a long table": (n) => `|a|b|\n|-|-|\n${repeated("|1|2|\n", n)}`,
  "tables without an end": (n) => repeated("a|b\n---\n", n),
  "emphasis in emphasis": (n) => repeated("*a **b _c ", n / 2) + repeated("_ ** *", n / 2),
  entities: (n) => repeated("&amp;&lt;&#60;", n),
  "items of a list": (n) => repeated("- a\n", n),
  "items with paragraphs": (n) => repeated("- a\n\n  b\n\n", n),
  "numbered items": (n) => lines(n, (at) => `${at}. a`),
  "boxes to tick": (n) => repeated("- [ ] a\n", n),
  addresses: (n) => repeated("http://a.example/b ", n),
  "mail addresses": (n) => repeated("a.b@c.example ", n),
  links: (n) => repeated("[a](http://b.example) ", n),
  images: (n) => repeated("![a](http://b.example/c.png) ", n),
  "one line": (n) => repeated("x", n),
  "one line of words": (n) => repeated("word ", n),
  "one line of many scripts": (n) => repeated("aя漢字ع👩‍👩‍👧", n),
  "lines of a paragraph": (n) => repeated("word\n", n),
  paragraphs: (n) => repeated("word\n\n", n),
  headlines: (n) => repeated("# a\n", n),
  rules: (n) => repeated("---\n\n", n),
  quotes: (n) => repeated("> a\n\n", n),
  "quotes in quotes": (n) => repeated(`${">".repeat(15)} a\n\n`, n),
  formulas: (n) => lines(n, (at) => `$x_{${at}}^2$ and $$\\frac{${at}}{2}$$\n`),
  "formulas without an end": (n) => repeated("\\(", n),
  "lines of formulas": (n) => repeated("$$\n", n),
  "code within words": (n) => repeated("`a` ", n),
  "blocks of code": (n) => repeated("```python\nx = 1\n```\n\n", n),
  "blocks of a language": (n) => lines(n, () => `\`\`\`cpp\n${"a::b<".repeat(1500)}\n\`\`\`\n`),
  "code without a language": (n) => `\`\`\`\n${repeated("line\n", n)}\`\`\``,
  "code that is indented": (n) => repeated("    a\n", n),
  "stars at the end": (n) => repeated("*", n),
  backticks: (n) => repeated("`", n),
  tildes: (n) => repeated("~", n),
  "line breaks": (n) => repeated("a\\\n", n),
  "empty lines": (n) => repeated("\n", n),
  "carriage returns": (n) => repeated("a\r", n),
  "inline tags": (n) => repeated("<b><i>", n),
  "signs that cannot be seen": (n) => repeated("a\u200b\u202e", n),
};

/** What a program wrote for a terminal. */
export const TERMINAL = {
  "a step back for each two": (n) => repeated("ab\b", n),
  "a wide line written over": (n) => `${"x".repeat(990)}${repeated("\rabc", n)}`,
  "a wider line written over": (n) => `${"x".repeat(9_990)}${repeated("\rabc", n)}`,
  "a step back in colours": (n) => repeated("\x1b[31ma\x1b[32mb\b", n),
  "colours of one sign each": (n) => lines(n, (at) => `\x1b[38;5;${at % 256}ma`).replaceAll("\n", ""),
  "colours of their own": (n) => lines(n, (at) => `\x1b[38;2;${at % 256};${(at * 7) % 256};9ma`).replaceAll("\n", ""),
  "the same colour again": (n) => repeated("\x1b[1;31ma", n),
  "one sequence of many codes": (n) => `\x1b[${repeated("1;", n)}mx`,
  "titles without an end": (n) => repeated("\x1b]0;title", n),
  "one title without an end": (n) => `\x1b]${repeated("a", n)}`,
  links: (n) => repeated("\x1b]8;;http://example.org\x07a\x1b]8;;\x07", n),
  "erased to the left": (n) => `${"x".repeat(990)}${repeated("\r\x1b[900C\x1b[1K", n)}`,
  "erased to the right": (n) => `${"x".repeat(990)}${repeated("\x1b[5D\x1b[Ky", n)}`,
  "a turn for each sign": (n) => `${"x".repeat(990)}${repeated("\b\x1b[my\x1b[mz", n)}`,
  "lines of a progress": (n) => lines(n, (at) => `\r${at} %`).replaceAll("\n", ""),
  lines: (n) => repeated("a\n", n),
  "one line": (n) => repeated("a", n),
  "lines with returns": (n) => repeated("a\r\n", n),
  "escapes alone": (n) => repeated("\x1b", n),
  brackets: (n) => repeated("\x1b[", n),
};

/** Unified diffs. */
export const DIFFS = {
  "tabs behind a name": (n) => `--- a${repeated("\t", n)}\r\n+++ b\n@@ -1 +1 @@\n-a\n+b`,
  "quotes and tabs in a name": (n) => `--- "${repeated('\t"', n)}\r\n+++ b\n@@ -1 +1 @@\n-a\n+b`,
  hunks: (n) => `--- a\n+++ b\n${repeated("@@ -1 +1 @@\n-a\n+b\n", n)}`,
  "empty hunks": (n) => `--- a\n+++ b\n${repeated("@@ -1,0 +1,0 @@\n", n)}`,
  "lines that changed a little": (n) => {
    const half = "word other thing ".repeat(60);
    const count = Math.ceil(n / (2 * half.length));
    return `--- a\n+++ b\n@@ -1,${count} +1,${count} @@\n${`-${half}x\n`.repeat(count)}${`+${half}y\n`.repeat(count)}`;
  },
  "lines of words in another order": (n) => {
    const words = Array.from({ length: 400 }, (_, at) => `w${at}`);
    const [one, other] = [words.join(" "), [...words].reverse().join(" ")];
    return `--- a\n+++ b\n@@ -1,999 +1,999 @@\n${repeated(`-${one}\n+${other}\n`, n)}`;
  },
  files: (n) => repeated("--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n", n),
  "one long line": (n) => `--- a\n+++ b\n@@ -1 +1 @@\n-${repeated("ab ", n)}\n+${repeated("ac ", n)}`,
  "numbers that are huge": (n) =>
    `--- a\n+++ b\n@@ -1,${"9".repeat(30)} +1,${"9".repeat(30)} @@\n${repeated("+a\n", n)}`,
};

/** What the tool that reads files gives. */
export const READ = {
  "what stands at the end, everywhere": (n) => `<content>\n${repeated("(Showing", n)}`,
  "numbers of zeros": (n) => `<content>\n${repeated("0", n)}`,
  "content in content": (n) => repeated("<content>", n),
  headlines: (n) => `Read file ${repeated(", ", n)}`,
  "numbered lines": (n) => `<content>\n${lines(n, (at) => `${at}: a`)}\n</content>`,
};

const text = (source, ended) => ({ kind: "text", id: "a1t", text: source, ended });
const tool = (name, more) => ({
  kind: "tool",
  id: "a1t",
  tool: name,
  state: "completed",
  input: {},
  output: "",
  started: 1,
  finished: 2,
  ...more,
});

/** How each kind of text comes to the page. */
const PARTS = {
  markdown: (source) => text(source, true),
  code: (source) => text(source, true),
  terminal: (output) => tool("bash", { input: { command: "make" }, output }),
  diff: (diff) => tool("edit", { input: { filePath: "/a.py" }, metadata: { diff } }),
  patch: (diff) => tool("apply_patch", { metadata: { diff } }),
  read: (output) => tool("read", { input: { filePath: "/a.py" }, output }),
  write: (content) => tool("write", { input: { filePath: "/a.cpp", content } }),
};

/** All of them: `[kind, name, length => text]`. */
export function shapes() {
  const of = (kind, made) => Object.entries(made).map(([name, make]) => [kind, name, make]);
  const code = Object.entries(NESTING).flatMap(([language, units]) =>
    units.map((unit) => ["code", `${language} ${unit}`, (n) => fenced(language, repeated(unit, n))]),
  );
  return [
    ...of("markdown", MARKDOWN),
    ...code,
    ...of("terminal", TERMINAL),
    ...of("diff", DIFFS),
    ...of("patch", DIFFS),
    ...of("read", READ),
    ["write", "code", (n) => repeated("a::b<", n)],
  ];
}

const later = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The longest block of the page while `act` runs and until the page has been at rest for a while, and how long that took. */
export async function watched(act, rest = 250) {
  let [longest, last, quiet] = [0, performance.now(), 0];
  const start = last;
  act();
  while (quiet < rest) {
    await later();
    const now = performance.now();
    const gap = now - last;
    longest = Math.max(longest, gap);
    quiet = gap > 20 ? 0 : quiet + gap;
    last = now;
  }
  return { longest: Math.round(longest), whole: Math.round(last - start - rest) };
}

/** Shows a part in place of what stands; `pieces` above 1: as a stream. */
export async function weigh(kernel, makeScene, kind, source, pieces = 1, rest = 250) {
  kernel.state = makeScene();
  kernel.frame({ op: "transcript", transcript: null });
  await later(30);
  kernel.frame({ op: "transcript", transcript: structuredClone(kernel.state.transcript) });
  await later(60);
  const part = PARTS[kind](source);
  const state = (what) => ({ op: "part", session: "s1", message: "a1", part: what, after: null });
  if (pieces === 1) return watched(() => kernel.frame(state(part)), rest);
  const size = Math.ceil(source.length / pieces);
  let most = { longest: 0, whole: 0 };
  for (let at = 0; at < source.length; at += size) {
    const piece = source.slice(at, at + size);
    const spent = await watched(
      () => kernel.frame({ op: "text", session: "s1", message: "a1", part: "a1t", field: "text", text: piece }),
      0,
    );
    most = { longest: Math.max(most.longest, spent.longest), whole: most.whole + spent.whole };
  }
  const end = await watched(() => kernel.frame(state(part)));
  return { longest: Math.max(most.longest, end.longest), whole: most.whole + end.whole };
}

const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const permission = (id, patterns) => ({
  kind: "permission",
  id,
  session: "s1",
  created: 1,
  permission: "read",
  title: patterns[0],
  patterns,
  always: patterns,
  metadata: {},
});
const options = (count) => times(count, (at) => ({ label: `Option ${at}`, description: "Words" }));
const asked = (multiple) => ({ question: "Which?", header: "Which", options: options(5_000), multiple, custom: true });
const question = (multiple) => ({
  kind: "question",
  id: "q1",
  session: "s1",
  created: 1,
  questions: [asked(multiple)],
});
const model = (at) => ({ provider: "p", id: `m${at}`, name: `Model ${at}`, providerName: `P ${at % 9}`, variants: [] });
const session = (at) => ({
  id: at ? `s${at + 1}` : "s1",
  title: `Session ${at}`,
  status: "idle",
  unread: false,
  waiting: 0,
  created: 1,
  updated: 1,
  closed: false,
});
const change = (at) => ({
  filePath: `/f${at}.py`,
  type: "update",
  patch: "@@ -1 +1 @@\n-a\n+b\n",
  additions: 1,
  deletions: 1,
});
const todos = (count) =>
  times(count, (at) => ({ content: `Todo ${at}`, status: at % 3 ? "pending" : "completed", priority: "low" }));

const partOp = (what) => ({ op: "part", session: "s1", message: "a1", part: what, after: null });
const parts = (kernel, made) => {
  const transcript = structuredClone(kernel.state.transcript);
  transcript.messages.at(-1).parts = made;
  kernel.frame({ op: "transcript", transcript });
};

/** Lists that are as long as a server may make them, by what they are: each shows it, and names what is pressed then. */
export const VIEWS = {
  "100,000 todos": [
    (kernel) => kernel.frame({ op: "todos", session: "s1", todos: todos(100_000) }),
    () => click(".ocw-todos summary"),
  ],
  "100,000 todos of a call": [
    (kernel) => kernel.frame(partOp(tool("todowrite", { input: { todos: todos(100_000) } }))),
  ],
  "5,000 texts in a message": [
    (kernel) =>
      parts(
        kernel,
        times(5_000, (at) => ({ ...text(`Words *${at}*`, true), id: `t${at}` })),
      ),
  ],
  "5,000 calls in a message": [
    (kernel) =>
      parts(
        kernel,
        times(5_000, (at) => tool("bash", { id: `t${at}`, input: { command: `make ${at}` } })),
      ),
  ],
  "a patch of 5,000 files": [
    (kernel) => kernel.frame(partOp(tool("apply_patch", { metadata: { files: times(5_000, change) } }))),
  ],
  "a permission of 5,000 patterns": [
    (kernel) =>
      kernel.frame({
        op: "requests",
        instance: "i1",
        requests: [
          permission(
            "p1",
            times(5_000, (at) => `/data/${at}`),
          ),
        ],
      }),
    () => click(".ocw-always summary"),
  ],
  "2,000 permissions": [
    (kernel) =>
      kernel.frame({
        op: "requests",
        instance: "i1",
        requests: times(2_000, (at) => permission(`p${at}`, [`/data/${at}`])),
      }),
  ],
  "2,000 permissions elsewhere": [
    (kernel) =>
      kernel.frame({
        op: "requests",
        instance: "i1",
        requests: times(2_000, (at) => ({ ...permission(`p${at}`, [`/data/${at}`]), session: `s${at + 2}` })),
      }),
  ],
  "2,000 sessions": [
    (kernel) => {
      kernel.state.sessions = { i1: times(2_000, session) };
      kernel.say(kernel.snapshot(kernel.page));
    },
    () => click("[aria-label='All sessions']"),
  ],
  "20,000 models": [
    (kernel) => {
      const [instance] = kernel.state.instances;
      kernel.state.instances = [{ ...instance, models: times(20_000, model), defaultModel: "p/m19999" }];
      kernel.say(kernel.snapshot(kernel.page));
    },
    () => click(".ocw-pick-model"),
  ],
  "a question of 5,000 options": [
    (kernel) => kernel.frame({ op: "requests", instance: "i1", requests: [question(true)] }),
  ],
  "a question of 5,000 options, one to choose": [
    (kernel) => kernel.frame({ op: "requests", instance: "i1", requests: [question(false)] }),
  ],
};

function click(selector) {
  const there = document.querySelector(`#here ${selector}`);
  if (!there) throw new Error(`There is no ${selector}`);
  there.click();
}

/** Shows one of `VIEWS` in place of what stands, and unfolds every call. */
export async function view(kernel, makeScene, name) {
  kernel.state = makeScene();
  kernel.say(kernel.snapshot(kernel.page));
  await later(50);
  for (const act of VIEWS[name]) {
    await watched(() => act(kernel), 30);
    for (const fold of document.querySelectorAll("#here .ocw-log details:not([open])")) fold.open = true;
    await later(50);
  }
  return document.querySelector("#here").textContent;
}

/** A task of a known cost: what this machine needs for it is what a task may cost here. */
export async function calibrate() {
  await later();
  performance.mark("task: calibration");
  await later();
  let sum = 0;
  for (let at = 0; at < 10_000_000; at += 1) sum = (sum * 31 + at) | 0;
  await later();
  return sum;
}

/** Plays each shape at `length` characters, then each view, and marks where each begins. */
export async function playAll(kernel, makeScene, length, longest, wanted = "") {
  const shown = {};
  for (const [kind, name, make] of shapes()) {
    if (!`${kind}: ${name}`.includes(wanted)) continue;
    const source = make(length);
    await later();
    performance.mark(`task: ${kind}: ${name}`);
    await Promise.race([weigh(kernel, makeScene, kind, source, 1, 40), later(longest)]);
  }
  for (const name of Object.keys(VIEWS)) {
    if (!`view: ${name}`.includes(wanted)) continue;
    await later();
    performance.mark(`task: view: ${name}`);
    shown[name] = await view(kernel, makeScene, name);
  }
  performance.mark("task: end");
  return shown;
}
