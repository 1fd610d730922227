/** The page's words are in one place, ready for another language: `frontend/src/words`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { english } from "../../../opencode_widget/frontend/src/words/english";
import { earlyReads, stringsIn, wordsIn } from "./page_words";

const src = join(import.meta.dirname, "../../../opencode_widget/frontend/src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
const read = (name: string) => readFileSync(join(src, name), "utf8");

/** Lists of letters, elements and attributes that are no words, types made by the generator, and what runs in the frame. */
const NO_WORDS =
  /^(words|mermaid|protocol)\/|^(text\/markdown\/(flanking|sanitize)|text\/paths|text\/visible|ui\/lib\/icons)\.tsx?$/;
/** What looks like words: code, names of storage, what the user runs in a terminal, what is sent to a model. */
const ALLOWED = new Set([
  ...["Refused", "Silence", "Overloaded", "sign in", "leave shell", "cancel edit"], // names that the code gives
  ...[
    "queued {id}",
    "kept {id}",
    "again {id}",
    "again {index} {filename}",
    "close {id}",
    "reason {id}",
    "agent {name}",
    "name {name}",
  ], // kept values
  ...["answers {id} {…}", "ended {id}"],
  ...["Cmd", "Ctrl", "Esc Esc"], // keys
  ...["opencode", "opencode auth login", "opencode mcp auth {…}", "r.metadata", "await r.allow()"], // to be run
  "http://localhost:4096",
  "Continue where you stopped.", // a prompt
  ...["Why does test_split fail?", "Run the tests", "Use a subagent", "Ask me something"], // the demo's prompts
  "Some **words**, `code` and $x^2$\n\n- list\n\n| a |\n| - |\n| b |\n\n```python\nimport this\n```", // drawn to warm up
  "TOML, also INI", // a grammar's name
  ...["rgb({red} {green} {blue})", "not all", "(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"], // CSS
  ...["body.vscode-light, body.vscode-high-contrast-light", "body.vscode-dark, body.vscode-high-contrast"],
  ...["html.dark, body.dark, body.dark-theme", "html.light, body.light, body.light-theme"],
  ...["input, textarea, select, [contenteditable]", "fieldset :is(input:checked, input, textarea, select)"],
  '{each}:not([tabindex="-1"], :disabled, [hidden])',
]);

describe("The words of the page", () => {
  it("are spelled only in the module of words", () => {
    const elsewhere = files
      .filter((name) => !NO_WORDS.test(name))
      .flatMap((name) => wordsIn(read(name), name).map((words) => `${name}: ${words}`))
      .filter((line) => !ALLOWED.has(line.slice(line.indexOf(": ") + 2)));
    expect(elsewhere).toEqual([]);
  });

  it("are read where they are drawn, never while a module is loaded", () => {
    const early = files.flatMap((name) => earlyReads(read(name), name).map((line) => `${name}:${line}`));
    expect(early).toEqual([]);
  });

  it("are all used", () => {
    const code = files
      .filter((name) => !name.startsWith("words/"))
      .map(read)
      .join("\n");
    const used = new Set(code.match(/\bt\.\w+\.\w+|\blib\.\w+/g)); // `format.ts` reads `t.lib` once
    const named = Object.entries(english).flatMap(([area, words]) => Object.keys(words).map((key) => [area, key]));
    const inOthers = files
      .filter((name) => name.startsWith("words/english/"))
      .map(read)
      .join("\n");
    const unused = named.filter(
      ([area, key]) =>
        !used.has(`t.${area}.${key}`) && !used.has(`${area}.${key}`) && !inOthers.includes(`${area}.${key}(`),
    );
    expect(named.length).toBeGreaterThan(700);
    expect(unused.map((path) => path.join("."))).toEqual([]);
  });

  it.each<[string, RegExp]>([
    [
      "spelled as Americans do",
      /colour|favourite|behaviour|cancell(?:ed|ing)\b|catalogue|licence|centre|(?:organ|summar|recogn|author)is/i,
    ],
    ["named as OpenCode names them", /sub-agent/i],
    ["with typographic dots and one kind of apostrophe", /\w\.\.\.|\p{L}\u2019\p{L}/u],
    ["for what goes on in the continuous form", /^(?:\{…\} )?(?:Waits|Works|Starts|Sends|Loads|Searches)\b/],
  ])("are %s", (_, wrong) => {
    const texts = files
      .filter((name) => name.startsWith("words/english/"))
      .flatMap((name) => stringsIn(read(name), name));
    expect(texts.length).toBeGreaterThan(700);
    expect(texts.filter((text) => wrong.test(text))).toEqual([]);
  });
});
