import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../opencode_widget/frontend/src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

/** Downwards only. What makes texts into something to look at stands beside the store: neither knows the other. */
const MAY_IMPORT: Record<string, string[]> = {
  lookup: [],
  protocol: ["lookup"],
  kernel: ["protocol", "kernel", "store", "lookup"],
  store: ["protocol", "store", "kernel", "lookup"],
  text: ["text", "lookup"],
  ui: ["protocol", "kernel", "store", "text", "ui", "lookup"],
  widget: ["protocol", "kernel", "store", "ui", "lookup"],
};

/** Read by numbers, by single characters, or by words that the page has chosen (`statuses.ts`, a parser's kinds). */
const OWN_KEYS = new Set([
  "ansi/colour.ts: NAMED[index]",
  "ansi/colour.ts: CUBE[Math.floor(at / step) % 6]",
  "ansi/style.ts: EXTENDED[code]",
  "ansi/style.ts: CHANGES[code]",
  "ansi/terminal.ts: CONTROLS[token]",
  "ansi/terminal.ts: MOVES[final]",
  "diff/parse.ts: KINDS[text.charAt(0)]",
  "markdown/bounds.ts: label in this.tokens.links)", // it has no prototype
  "views/icons.tsx: PATHS[name]",
  "views/permission.tsx: LABELS[kind]",
  "views/composer/completion.ts: .peek()[this.active.peek()]",
  "views/composer/handlers.ts: .value[trigger.end]",
  'views/message/queued.tsx: WORDS[delivery === "steer" ? "steer" : "queue"]',
  "views/parts/diff_rows.tsx: ELEMENTS[line.kind]",
  "views/parts/tool.tsx: STATES[toolState(part.state)]",
  "views/session/changes.tsx: LETTERS[status]",
]);
const OWN_CLASSES = new Set([
  "markdown/code.ts: name",
  "views/connection.tsx: connectionState(connection.state)",
  "views/icons.tsx: extra",
  "views/instances.tsx: connectionState(instance.connection.state)",
  "views/message.tsx: messageState(head.state)",
  'views/message.tsx: isStep(cell) ? "ocw-step" : ""',
  "views/permission.tsx: kind",
  'views/standing.tsx: alarm ? "ocw-alarm" : ""',
  "views/todos.tsx: todoStatus(todo.status)",
  "views/composer/picker.tsx: name.toLowerCase()", // "Agent", "Model", "Variant"
  "views/parts/diff_rows.tsx: row.line.kind",
  "views/parts/diff_rows.tsx: line.kind",
  "views/parts/tool.tsx: toolState(part.state)",
  "views/search/bar.tsx: icon",
  "views/server/services.tsx: toneOf(service.state)",
  "views/session/changes.tsx: status", // of `fileStatus`
  "views/session/meter.tsx: fullness(usage.share)",
  "views/parts/tools/io.tsx: field",
  "views/parts/tools/io.tsx: extra",
  "views/parts/tools/todo.tsx: status", // of `todoStatus`
]);

/** The source without comments. */
function code(name: string): string {
  return readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** Constants and signals of records that are read as `TABLE[key]` or asked `key in TABLE`. */
function tableReads(name: string): string[] {
  const text = code(name);
  const reads = text.matchAll(/(?:(?<![.\w])[A-Z][A-Z_]+|\.value|\.peek\(\))(?:\?\.)?\[(?!\d+\])[^\]]*\]/g);
  const asked = text.matchAll(/\b\w+ in [A-Za-z_.]+\)/g);
  return [...reads, ...asked].map(([found]) => `${name}: ${found}`);
}

/** What stands in a class beside constant words. */
function classPieces(name: string): string[] {
  const classes = code(name).matchAll(/\bclass(?:Name)?(?:=\{| = |: )`([^`]*)`/g);
  return [...classes].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/\$\{((?:[^{}]|\{[^}]*\})*)\}/g)].map(([, piece]) => `${name}: ${piece}`),
  );
}

function layer(path: string): string {
  return path.replace(/\.tsx?$/, "").split("/")[0] ?? "";
}

function imports(name: string): string[] {
  const text = readFileSync(join(src, name), "utf8");
  const found = Array.from(text.matchAll(/from "(\.[^"]+)"/g), (match) => match[1] ?? "");
  return found.map((path) => relative(src, join(src, dirname(name), path)));
}

describe("The house", () => {
  it.each(files)("%s imports downwards only", (name) => {
    const allowed = MAY_IMPORT[layer(name)];
    expect(allowed, `no rule for ${name}`).toBeDefined();
    for (const path of imports(name)) expect(allowed, `${name} imports ${path}`).toContain(layer(path));
  });

  it("makes DOM of strings in one file only", () => {
    const forbidden =
      /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|createContextualFragment|dompurify/i;
    const using = files.filter((name) => forbidden.test(readFileSync(join(src, name), "utf8")));
    expect(using).toEqual(["text/markdown/sanitize.ts"]);
  });

  it("makes no network request and runs no string", () => {
    const forbidden = /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\beval\(|new Function|\bimport\(/;
    const using = files.filter((name) => forbidden.test(readFileSync(join(src, name), "utf8")));
    expect(using).toEqual([]);
  });

  it("has store and link without DOM", () => {
    const dom = /\bdocument\b|\bwindow\b|HTMLElement/;
    const using = files.filter((name) => /^(store|kernel|protocol)/.test(name));
    expect(using.filter((name) => dom.test(readFileSync(join(src, name), "utf8")))).toEqual([]);
  });

  /** Names of servers and agents would find what every object has: `lookUp` asks for the table's own. */
  it("reads no table by a name that may be foreign", () => {
    const read = files.filter((name) => name !== "lookup.ts").flatMap((name) => tableReads(name));
    expect(read.filter((each) => !OWN_KEYS.has(each))).toEqual([]);
    expect([...OWN_KEYS].filter((each) => !read.includes(each))).toEqual([]);
  });

  it("makes no class of a foreign word: only constants and the words of `statuses.ts` are put into one", () => {
    const made = files.flatMap((name) => classPieces(name));
    expect(made.filter((each) => !OWN_CLASSES.has(each))).toEqual([]);
    expect([...OWN_CLASSES].filter((each) => !made.includes(each))).toEqual([]);
  });

  it("has files of one idea: none over 300 lines but the protocol", () => {
    const long = files.filter((name) => readFileSync(join(src, name), "utf8").split("\n").length > 300);
    expect(long.filter((name) => name !== "protocol/index.ts")).toEqual([]);
  });
});

describe("The style sheet", () => {
  const sheets = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.css$/.test(name) && !name.endsWith("index.css"),
  );

  it.each(sheets)("%s has every rule under .ocw", (name) => {
    const text = readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const outermost = Array.from(text.matchAll(/^([^\s{}][^{}]*)\{/gm), (match) => (match[1] ?? "").trim());
    expect(outermost.length).toBeGreaterThan(0);
    for (const selector of outermost) expect(selector).toMatch(/^(\.ocw\b|@keyframes ocw-|@container ocw |@media )/);
    const inMedia = Array.from(text.matchAll(/^@(?:media|container)[^{]*\{([\s\S]*?)^\}/gm), (match) => match[1] ?? "");
    for (const body of inMedia) {
      for (const rule of body.matchAll(/^ {2}([^\s{}][^{},]*)[{,]/gm)) expect(rule[1]).toMatch(/^\.ocw\b/);
    }
  });
});
