import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../opencode_widget/frontend/src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

/** Downwards only. What makes texts into something to look at stands beside the store: neither knows the other. */
const MAY_IMPORT: Record<string, string[]> = {
  protocol: [],
  store: ["protocol", "store"],
  blocks: [],
  markdown: ["markdown", "blocks"],
  ansi: ["ansi", "blocks"],
  diff: ["diff"],
  yaml: [],
  link: ["protocol", "store"],
  actions: ["protocol", "store", "link"],
  views: ["protocol", "store", "markdown", "ansi", "diff", "yaml", "actions", "views"],
  widget: ["protocol", "store", "link", "actions", "views"],
};

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
    expect(using).toEqual(["markdown/sanitize.ts"]);
  });

  it("makes no network request and runs no string", () => {
    const forbidden = /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\beval\(|new Function|\bimport\(/;
    const using = files.filter((name) => forbidden.test(readFileSync(join(src, name), "utf8")));
    expect(using).toEqual([]);
  });

  it("has store and link without DOM", () => {
    const dom = /\bdocument\b|\bwindow\b|HTMLElement/;
    const using = files.filter((name) => /^(store|link|actions|protocol)/.test(name));
    expect(using.filter((name) => dom.test(readFileSync(join(src, name), "utf8")))).toEqual([]);
  });

  it("has files of one idea: none over 300 lines but the protocol", () => {
    const long = files.filter((name) => readFileSync(join(src, name), "utf8").split("\n").length > 300);
    expect(long.filter((name) => name !== "protocol.ts")).toEqual([]);
  });
});

describe("The style sheet", () => {
  const sheets = readdirSync(join(src, "styles")).filter((name) => name !== "index.css");

  it.each(sheets)("%s has every rule under .ocw", (name) => {
    const text = readFileSync(join(src, "styles", name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const outermost = Array.from(text.matchAll(/^([^\s{}][^{}]*)\{/gm), (match) => (match[1] ?? "").trim());
    expect(outermost.length).toBeGreaterThan(0);
    for (const selector of outermost) expect(selector).toMatch(/^(\.ocw\b|@keyframes ocw-|@container ocw |@media )/);
    const inMedia = Array.from(text.matchAll(/^@(?:media|container)[^{]*\{([\s\S]*?)^\}/gm), (match) => match[1] ?? "");
    for (const body of inMedia) {
      for (const rule of body.matchAll(/^ {2}([^\s{}][^{},]*)[{,]/gm)) expect(rule[1]).toMatch(/^\.ocw\b/);
    }
  });
});
