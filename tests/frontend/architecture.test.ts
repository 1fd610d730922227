import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../opencode_widget/frontend/src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

/** One row a layer, from the bottom: a file may import from its own layer and from the rows above it in this list. */
const LAYERS = [
  ["lookup"],
  ["protocol"],
  ["words"],
  ["mermaid"],
  ["kernel"],
  ["store"],
  ["text"],
  ["ui/state", "ui/lib"],
  ["ui/connection"],
  ["ui/parts"],
  ["ui/panels"],
  ["ui/requests", "ui/composer", "ui/message"],
  ["ui/transcript", "ui/tabs"],
  ["ui/shell"],
  ["widget"],
];
/** Layers of one row do not import each other, except these two, which form one: a view's state, and what draws it. */
const TOGETHER = ["ui/state", "ui/lib"];
/** The text layer turns strings into nodes; it must not know of instances and sessions. */
const TEXT_IMPORTS = ["text", "lookup", "words"];

const LARGEST_FOLDER = 12;
/** Folders of similar things, such as a file for each tool. */
const LIKE_THINGS = ["ui/parts/tools", "words/english"];
const LONGEST_FILE = 300;

interface Import {
  path: string;
  /** True if the compiler erases the import. */
  typeOnly: boolean;
}

function layerOf(path: string): string {
  const [first = "", second = ""] = path.replace(/\.tsx?$/, "").split("/");
  return first === "ui" ? `${first}/${second}` : first;
}

function rowOf(layer: string): number {
  return LAYERS.findIndex((row) => row.includes(layer));
}

function importsOf(name: string): Import[] {
  const text = readFileSync(join(src, name), "utf8");
  return Array.from(text.matchAll(/^(?:import|export) (type )?(?:[^"';]*? from )?"(\.[^"]+)";/gm), (match) => ({
    path: resolve(name, match[2] ?? ""),
    typeOnly: match[1] !== undefined,
  }));
}

function resolve(from: string, path: string): string {
  const target = relative(src, join(src, dirname(from), path));
  const found = [`${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find((each) => files.includes(each));
  if (found === undefined) throw new Error(`${from} imports ${path}, which is not there`);
  return found;
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (from === "text") return TEXT_IMPORTS.includes(to);
  if (TOGETHER.includes(from) && TOGETHER.includes(to)) return true;
  return rowOf(to) < rowOf(from);
}

/** The first cycle found, as a list of files; undefined if there is none. */
function circle(edges: ReadonlyMap<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    path.push(name);
    for (const next of edges.get(name) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of edges.keys()) {
    const found = visit(name);
    if (found) return found;
  }
  return undefined;
}

/** Keys that are numbers, single characters, or words that the page has chosen (`statuses.ts`, a parser's kinds). */
const OWN_KEYS = new Set([
  "kernel/link.ts: ENDS[state]",
  "kernel/link.ts: ENDS[end]",
  "text/ansi/colour.ts: NAMED[index]",
  "text/ansi/colour.ts: CUBE[Math.floor(at / step) % 6]",
  "text/ansi/style.ts: EXTENDED[code]",
  "text/ansi/style.ts: CHANGES[code]",
  "text/ansi/terminal.ts: CONTROLS[token]",
  "text/ansi/terminal.ts: MOVES[final]",
  "text/diff/parse.ts: KINDS[text.charAt(0)]",
  "text/markdown/bounds.ts: label in this.tokens.links)", // it has no prototype
  "ui/lib/icons.tsx: PATHS[name]",
  "ui/requests/permission/permission.tsx: LABELS[kind]",
  "ui/composer/completion/completion.ts: .peek()[this.active.peek()]",
  "ui/composer/box/box_handlers.ts: .value[trigger.end]",
  'ui/message/queued_prompt.tsx: WORDS[delivery === "steer" ? "steer" : "queue"]',
  "ui/parts/diff/diff_rows.tsx: ELEMENTS[line.kind]",
  "ui/panels/session/changes.tsx: LETTERS[status]",
]);

const OWN_CLASSES = new Set([
  "text/markdown/code/code_block.ts: name",
  "ui/connection/connection_bar.tsx: connectionState(connection.state)",
  "ui/lib/icons.tsx: extra",
  "ui/tabs/instance_tabs.tsx: connectionState(instance.connection.state)",
  "ui/message/message.tsx: messageState(head.state)",
  'ui/message/message.tsx: step ? "ocw-step" : ""',
  "ui/requests/permission/permission.tsx: kind",
  'ui/shell/kernel_bar.tsx: alarm ? "ocw-alarm" : ""',
  "ui/panels/session/todos.tsx: todoStatus(todo.status)",
  "ui/composer/pickers/picker.tsx: kind", // of `PickerName`
  "ui/parts/diff/diff_rows.tsx: row.line.kind",
  "ui/parts/diff/diff_rows.tsx: line.kind",
  "ui/parts/tools/tool.tsx: toolState(part.state)",
  'ui/parts/tools/tool.tsx: decision ? "ocw-tool-declined" : ""',
  "ui/transcript/search/search_bar.tsx: icon",
  "ui/panels/server/services.tsx: toneOf(service.state)",
  "ui/panels/session/changes.tsx: status", // of `fileStatus`
  "ui/panels/session/usage/context_meter.tsx: fullness(share)",
  "ui/parts/tools/io_blocks.tsx: field",
  "ui/parts/tools/io_blocks.tsx: extra",
  "ui/parts/tools/todo.tsx: status", // of `todoStatus`
]);

/** What runs in the frame that draws a diagram, and not in the page. */
const IN_FRAME = /^mermaid\//;
/** The one file that makes a frame. */
const SANDBOX = "ui/shell/diagrams/sandbox.ts";

/** Files that listen to events of the whole page. */
const PAGE_EVENTS = new Map([["widget.tsx", ["pagehide", "pageshow", "visibilitychange"]]]);

/** A file's source without comments. */
function code(name: string): string {
  return readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** Constants, and signals of records, that the code reads as `TABLE[key]` or tests with `key in TABLE`. */
function tableReads(name: string): string[] {
  const text = code(name);
  const reads = text.matchAll(/(?:(?<![.\w])[A-Z][A-Z_]+|\.value|\.peek\(\))(?:\?\.)?\[(?!\d+\])[^\]]*\]/g);
  const asked = text.matchAll(/\b\w+ in [A-Za-z_.]+\)/g);
  return [...reads, ...asked].map(([found]) => `${name}: ${found}`);
}

/** The parts of a class name that are not constant. */
function classPieces(name: string): string[] {
  const classes = code(name).matchAll(/\bclass(?:Name)?(?:=\{| = |: )`([^`]*)`/g);
  return [...classes].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/\$\{((?:[^{}]|\{[^}]*\})*)\}/g)].map(([, piece]) => `${name}: ${piece}`),
  );
}

describe("The layers", () => {
  it.each(files)("%s imports downwards only", (name) => {
    const layer = layerOf(name);
    expect(rowOf(layer), `no layer ${layer}`).toBeGreaterThanOrEqual(0);
    for (const { path } of importsOf(name)) {
      expect(mayImport(layer, layerOf(path)), `${name} imports ${path}`).toBe(true);
    }
  });

  it("have no circle by value", () => {
    const edges = files.map((name): [string, string[]] => [
      name,
      importsOf(name)
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ path }) => path),
    ]);
    expect(circle(new Map(edges))).toBeUndefined();
  });

  it("have no circle by type", () => {
    const edges = files.map((name): [string, string[]] => [name, importsOf(name).map(({ path }) => path)]);
    expect(circle(new Map(edges))).toBeUndefined();
  });

  it("find a circle where there is one", () => {
    const edges = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(circle(edges)).toEqual(["b", "c", "b"]);
  });

  it("have folders that can be taken in at a glance", () => {
    const folders = new Map<string, Set<string>>();
    for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
      const folder = dirname(name);
      folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
    }
    const large = [...folders].filter(([name, rooms]) => rooms.size > LARGEST_FOLDER && !LIKE_THINGS.includes(name));
    expect(large.map(([name]) => name)).toEqual([]);
  });

  it("have files of one idea", () => {
    const long = files.filter((name) => readFileSync(join(src, name), "utf8").split("\n").length > LONGEST_FILE);
    expect(long.filter((name) => !name.startsWith("protocol/"))).toEqual([]);
  });
});

describe("The page", () => {
  const using = (pattern: RegExp, among = files) =>
    among.filter((name) => pattern.test(readFileSync(join(src, name), "utf8")));

  it("makes DOM of strings in one file only", () => {
    const forbidden =
      /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|createContextualFragment|dompurify/i;
    const ofPage = files.filter((name) => !IN_FRAME.test(name));
    expect(using(forbidden, ofPage)).toEqual(["text/markdown/sanitize.ts"]);
  });

  it("makes frames in one file only, without an origin, and runs nothing that is meant for them", () => {
    expect(using(/\bsrcdoc\b|iframe|contentWindow|contentDocument/i)).toEqual([SANDBOX]);
    expect(code(SANDBOX).match(/"sandbox".*/g)).toEqual(['"sandbox", "allow-scripts");']);
    expect(using(/allow-same-origin|allow-top-navigation|allow-popups|allow-forms/)).toEqual([]);
    const values = files
      .filter((name) => !IN_FRAME.test(name))
      .flatMap((name) => importsOf(name).filter(({ path, typeOnly }) => IN_FRAME.test(path) && !typeOnly));
    expect(values).toEqual([]);
  });

  it("makes no network request and runs no string", () => {
    expect(using(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\beval\(|new Function|\bimport\(/)).toEqual(
      [],
    );
  });

  it("asks for the focus, the selection and presses outside in one file only, as a host may draw it into a shadow root", () => {
    const ofDocument =
      /\bactiveElement\b|\bgetSelection\(|\b(?:document|window|body|documentElement)\.addEventListener\(/;
    const ofWidget = files.filter((name) => !PAGE_EVENTS.has(name));
    expect(using(ofDocument, ofWidget)).toEqual(["ui/lib/controls/tree_root.ts"]);
  });

  it.each([...PAGE_EVENTS])("listens in %s to events of the whole page, which have no target", (name, events) => {
    const heard = code(name).matchAll(/\b(?:document|window)\.addEventListener\("(\w+)"/g);
    expect([...heard].map(([, event]) => event).sort()).toEqual(events);
  });

  it("has protocol, kernel and store without DOM", () => {
    const pure = files.filter((name) => /^(store|kernel|protocol)\//.test(name));
    expect(using(/\bdocument\b|\bwindow\b|HTMLElement/, pure)).toEqual([]);
  });
});

describe("The style sheet", () => {
  const all = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));
  const index = "ui/index.css";
  const sheets = all.filter((name) => name !== index);

  it("imports every sheet once", () => {
    const text = readFileSync(join(src, index), "utf8");
    const imported = Array.from(text.matchAll(/@import "\.\/([^"]+)"/g), (match) => `ui/${match[1]}`);
    expect(imported.sort()).toEqual([...sheets].sort());
  });

  it.each(sheets)("%s has every rule under .ocw", (name) => {
    const text = readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const outermost = Array.from(text.matchAll(/^([^\s{}][^{}]*)\{/gm), (match) => (match[1] ?? "").trim());
    expect(outermost.length).toBeGreaterThan(0);
    const ours =
      /^(\.ocw\b|@keyframes ocw-|@container ocw(?:-frame)? |@media |\.cell-output-ipywidget-background:has\(\.ocw\b)/;
    for (const selector of outermost) expect(selector).toMatch(ours);
    const inMedia = Array.from(text.matchAll(/^@(?:media|container)[^{]*\{([\s\S]*?)^\}/gm), (match) => match[1] ?? "");
    for (const body of inMedia) {
      for (const rule of body.matchAll(/^ {2}([^\s{}][^{},]*)[{,]/gm)) expect(rule[1]).toMatch(/^\.ocw\b/);
    }
  });
});

/** Classes that several views use, so that several sheets may begin rules with them. */
const SHARED_CLASSES = [
  "ocw-bare",
  "ocw-bubble",
  "ocw-button",
  "ocw-dot",
  "ocw-io",
  "ocw-is-connected",
  "ocw-log",
  "ocw-message",
  "ocw-note",
  "ocw-panel",
  "ocw-rows",
  "ocw-sending",
];
/** Sheets that adapt other views to a host, a width or a height. */
const ADAPTING = ["ui/shell/styles/host.css", "ui/shell/styles/low.css", "ui/shell/styles/narrow.css"];
const TEXT_SIZES = ["12px", "13px", "14px"];

/** The classes that the sheet's rules begin with. */
function ownClasses(sheet: string): string[] {
  const text = readFileSync(join(src, sheet), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const selectors = Array.from(text.matchAll(/^ {2}([^\s{}@&][^{}]*)\{/gm), (match) =>
    (match[1] ?? "").replace(/\([^()]*\)/g, ""),
  );
  const begins = selectors.flatMap((each) => each.split(",")).map((each) => each.trim().split(/[\s>+~]/, 1)[0]);
  return begins.flatMap((compound) => /\.(ocw-[\w-]+)/.exec(compound ?? "")?.[1] ?? []);
}

describe("The styles", () => {
  const sheets = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));

  /** `~ *` has the browser compare each element of the page with all before it: a list of 5,000 then takes 12 million steps. */
  it("compare no element with all before it", () => {
    const rules = (name: string) => readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    expect(sheets.filter((name) => /~\s*[*:[]/.test(rules(name)))).toEqual([]);
  });

  /** Two views that give one name to two things draw each other's marks. */
  it("have one owner for each class, except for the shared ones", () => {
    const owners = new Map<string, Set<string>>();
    for (const sheet of sheets.filter((name) => !ADAPTING.includes(name))) {
      for (const name of ownClasses(sheet)) owners.set(name, (owners.get(name) ?? new Set()).add(sheet));
    }
    const shared = [...owners].filter(([, places]) => places.size > 1).map(([name]) => name);
    expect(shared.sort()).toEqual(SHARED_CLASSES);
  });

  it("have three sizes of text; others are of titles", () => {
    const TITLE = /^(h\d|\.ocw-blank-title|\.ocw-confirm|h2)/;
    const odd = sheets.flatMap((sheet) => {
      const text = readFileSync(join(src, sheet), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
      const rules = Array.from(text.matchAll(/([^{};]*)\{([^{}]*)/g));
      return rules.flatMap(([, selector = "", body = ""]) => {
        const sizes = Array.from(body.matchAll(/\bfont(?:-size)?:[^;]*?([\d.]+(?:px|em|rem|%))/g), (match) => match[1]);
        const wrong = sizes.filter((size) => !TEXT_SIZES.includes(size ?? ""));
        return TITLE.test(selector.trim()) ? [] : wrong.map((size) => `${sheet}: ${selector.trim()} ${size}`);
      });
    });
    expect(odd).toEqual([]);
  });
});

describe("The house", () => {
  /** A name from a server or agent could match an inherited property; `lookUp` finds only the table's own. */
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
});
