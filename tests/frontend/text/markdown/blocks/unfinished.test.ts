import { describe, expect, it } from "vitest";
import { completeTail } from "../../../../../opencode_widget/frontend/src/text/markdown/blocks/unfinished";

const shown = (text: string) => completeTail(text).text;

describe("The open end of a block", () => {
  it.each([
    ["plain words", "plain words"],
    ["some **bold te", "some **bold te**"],
    ["some **bold ", "some **bold**"],
    ["some **", "some "],
    ["some *slanted", "some *slanted*"],
    ["some **bold *both", "some **bold *both***"],
    ["some **bold*", "some **bold**"],
    ["some ~~gone", "some ~~gone~~"],
    ["done **bold** words", "done **bold** words"],
    ["`code", "`code`"],
    ["a `", "a "],
    ["``co`de", "``co`de``"],
    ["`code` and *", "`code` and "],
    ["a * b", "a * b"],
    ["snake_case", "snake_case"],
    ["`**`", "`**`"],
    ["\\*not", "\\*not"],
    ["see [text](http://exa", "see text"],
    ["see **[text](http://exa", "see **text**"],
    ["see ![chart](http", "see chart"],
    ["see [text](http://a.b) now", "see [text](http://a.b) now"],
    ["array[0", "array[0"],
    ["- one\n- **two", "- one\n- **two**"],
    ["- **one\n- two", "- **one\n- two"],
  ])("%j is shown as %j", (source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  it.each([
    ["Options:\n-", "Options:"],
    ["Title\n==", "Title"],
    ["- one\n- two\n3", "- one\n- two"],
    ["text\n#", "text"],
    ["text\n`", "text"],
    ["1.", ""],
  ])("an undecided last line is held back: %j", (source, expected) => {
    expect(completeTail(source)).toEqual({ text: expected, open: false });
  });

  it.each([
    ["| a | b |", "| a | b |\n| --- | --- |"],
    ["| a | b |\n", "| a | b |\n| --- | --- |"],
    ["| a | b |\n| -", "| a | b |\n| --- | --- |"],
    ["| a | b |\n|---|--", "| a | b |\n| --- | --- |"],
  ])("a table is one from its first line: %j", (source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  it("is open for plain words only behind words that are seen", () => {
    expect(completeTail("some words").open).toBe(true);
    expect(completeTail("some **bold").open).toBe(true);
    expect(completeTail("`code").open).toBe(true);
    expect(completeTail("some **bold*").open).toBe(false);
    expect(completeTail("see [text](http").open).toBe(false);
    expect(completeTail("a line\n").open).toBe(false);
    expect(completeTail("| a | b |").open).toBe(false);
  });

  it.each([
    ["lines of a formula behind which a line is empty", `$$\n${"a line of words\n".repeat(500)} \nafter`],
    ["a long line of a formula", `$$\n${"x".repeat(50_000)}\n \nafter`],
    ["space in a formula", `$$\n${" ".repeat(20_000)}\n${"\t \n".repeat(2_000)}b`],
    ["a head of a table with much space below", `${"|".repeat(2_000)}\n${" ".repeat(20_000)}x`],
    ["brackets", `${"[".repeat(20_000)}](${"(".repeat(20_000)}`],
    ["backticks", "` `` ``` ".repeat(4_000)],
    ["dollars", "$x ".repeat(8_000)],
    ["marks", "*a _b ~~c ".repeat(4_000)],
    ["signs of quotes", "> ".repeat(20_000)],
  ])("costs no more than its length: %s", (_, source) => {
    // A cost higher than that would not end within the test's timeout.
    completeTail(source);
  });
});
