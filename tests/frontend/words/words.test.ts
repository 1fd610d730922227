/**
 * All words of the page, as one text to be read by an editor: `words.txt`. After a change of words, write it anew with
 * `npm run words`, and read what changed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wordsIn } from "./page_words";

const src = join(import.meta.dirname, "../../../opencode_widget/frontend/src");

/** Lists of letters, elements and attributes that are no words. */
const NO_WORDS = ["text/markdown/flanking.ts", "text/markdown/sanitize.ts", "ui/lib/icons.tsx"];

/** `ui/composer/box/box.tsx` -> `composer` */
function areaOf(name: string): string {
  const [first = "", second = ""] = name.split("/");
  return first === "ui" ? second : first;
}

function list(): string {
  const areas = new Map<string, Set<string>>();
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (!/^(kernel|text|ui)\/.*\.tsx?$/.test(name) || NO_WORDS.includes(name)) continue;
    const words = areas.get(areaOf(name)) ?? new Set();
    for (const each of wordsIn(readFileSync(join(src, name), "utf8"), name)) words.add(each.replaceAll("\n", "\\n"));
    areas.set(areaOf(name), words);
  }
  const sorted = [...areas].filter(([, words]) => words.size > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([area, words]) => `# ${area}\n${[...words].sort().join("\n")}\n`).join("\n");
}

const words = list();

describe("The words of the page", () => {
  it("are those of the list", async () => {
    await expect(words).toMatchFileSnapshot("words.txt");
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
    const lines = words.split("\n");
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter((line) => wrong.test(line))).toEqual([]);
  });
});
