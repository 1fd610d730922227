import { describe, expect, it } from "vitest";
import { completeTail } from "../../../../opencode_widget/frontend/src/text/markdown/blocks/unfinished";
import { lex, noLinks, toHtml } from "../../../../opencode_widget/frontend/src/text/markdown/syntax";
import { HOSTILE } from "./hostile";

/** For a busy machine. Without the bounds these texts take minutes, or never end. */
const PATIENCE = 10_000;

const html = (source: string) =>
  lex(source, noLinks())
    .map((token) => toHtml(token).html)
    .join("");
const words = (shown: string) => shown.replace(/<[^>]*>|\s/g, "");

describe("Text made to be expensive", () => {
  it.each(HOSTILE)("is read in time: %s", (_, source) => {
    const start = performance.now();
    html(source);
    completeTail(source);
    expect(performance.now() - start).toBeLessThan(PATIENCE);
  });
});

describe("Beyond a bound", () => {
  it.each([
    ["quotes in quotes", `${">".repeat(17)} deep`],
    ["lists in lists", `${"- ".repeat(17)}deep`],
    ["a list of numbers in a quote in ...", `${"> 1. ".repeat(9)}deep`],
    ["a long paragraph", `*words* ${"x".repeat(20_000)}`],
  ])("no sign is lost: %s", (_, source) => {
    expect(words(html(source))).toBe(words(source.replaceAll(">", "&gt;")));
  });

  it("marks found before it stay", () => {
    const shown = html(`*first* ${"`a` ".repeat(4_000)}*last*`);
    expect(shown).toContain("<em>first</em>");
    expect(shown).toContain("*last*");
  });

  it("a table is shown as its source", () => {
    const table = (rows: number) => `before\n\n| a | b |\n| - | - |\n${"| 1 | 2 |\n".repeat(rows)}\n*after*`;
    expect(html(table(100))).toContain("<table>");
    const large = html(table(5_000));
    expect(large).toContain("<pre><code>| a | b |\n| - | - |\n| 1 | 2 |");
    expect(large).toContain("<em>after</em>");
  });

  it("nothing else changes: sixteen levels are allowed", () => {
    expect(html(`${">".repeat(16)} *deep*`).match(/<blockquote>/g)).toHaveLength(16);
    expect(html(`${"- ".repeat(16)}*deep*`)).toContain("<em>deep</em>");
  });
});
