import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contrast,
  DARK,
  indexed,
  LIGHT,
  READABLE,
  readableOn,
} from "../../../../opencode_widget/frontend/src/text/ansi/colour";
import type { Run } from "../../../../opencode_widget/frontend/src/text/ansi/line";
import { applySgr, PLAIN, type Style } from "../../../../opencode_widget/frontend/src/text/ansi/style";
import { Terminal, type TerminalOutput } from "../../../../opencode_widget/frontend/src/text/ansi/terminal";

/** Collects the output as text, with a mark where the style changes: "plain<bold>words". */
class Sheet implements TerminalOutput {
  runs: Run[] = [];
  rewrites = 0;

  write(text: string, style: Style): void {
    if (text) this.runs.push({ text, style });
  }

  rewrite(runs: readonly Run[]): void {
    this.rewrites += 1;
    const text = this.text;
    let left = text.lastIndexOf("\n") + 1;
    const kept: Run[] = [];
    for (const run of this.runs) {
      const part = run.text.slice(0, left);
      left -= part.length;
      if (part) kept.push({ text: part, style: run.style });
    }
    this.runs = [...kept, ...runs.map((run) => ({ ...run }))];
  }

  get text(): string {
    return this.runs.map((run) => run.text).join("");
  }

  /** Each character with its style. */
  get cells(): string[] {
    return this.runs.flatMap(({ text, style }) => Array.from(text, (char) => `${char} ${JSON.stringify(style)}`));
  }
}

function shown(...pieces: string[]): Sheet {
  const sheet = new Sheet();
  const terminal = new Terminal(sheet);
  for (const piece of pieces) terminal.feed(piece);
  return sheet;
}

describe("What a program wrote for a terminal", () => {
  it.each([
    ["plain\ntext\twith tabs\n", "plain\ntext\twith tabs\n"],
    ["10%\r60%\r100%", "100%"],
    ["a long line\rshort", "shortg line"],
    ["a long line\r\x1b[Kshort", "short"],
    ["a long line\x1b[2K\rshort", "short"],
    ["windows\r\nlines\r\n", "windows\nlines\n"],
    ["abc\b\bX", "aXc"],
    ["abc\x1b[2DX", "aXc"],
    ["abc\x1b[1GX", "Xbc"],
    ["first\nsecond\rSE", "first\nSEcond"],
    ["under\rwritten\nnext", "written\nnext"],
    ["\x1b]0;a title\x07words", "words"],
    ["\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ text", "link text"],
    ["\x1b]0;never closed\nnext line", "\nnext line"],
    ["\x1bPsome device string\x1b\\after", "after"],
    ["\x1b[?25l\x1b[2J\x1b[H\x1b[3Aup\x1b(B\x1b=", "up"],
    ["bell\x07 null\x00 del\x7f c1\x9b", "bell null del c1"],
    ["🐑羊\rx", "x羊"],
  ])("%j is %j", (written, text) => expect(shown(written).text).toBe(text));

  it("may come in pieces of any size", () => {
    const written =
      "one\x1b[31;1m red\x1b[0m\r\n10%\r99%\n\x1b]8;;http://x\x07li\x1b]8;;\x1b\\nk\x1b[38;2;1;2;3mt🐑\rT";
    const whole = shown(written).cells;
    for (let cut = 0; cut <= written.length; cut += 1) {
      expect(shown(written.slice(0, cut), written.slice(cut)).cells, `cut at ${cut}`).toEqual(whole);
    }
    expect(shown(...written).cells).toEqual(whole);
  });

  it("is the same in pieces, whatever it is", () => {
    const piece = fc.constantFrom(
      "a",
      "bc",
      "\n",
      "\r",
      "\b",
      "\x1b",
      "[",
      "31m",
      "K",
      "]",
      "\x07",
      "\\",
      "2",
      ";",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(shown(...pieces).cells).toEqual(shown(pieces.join("")).cells);
      }),
    );
  });

  it("costs a write, not a line, where it grows", () => {
    const sheet = shown(...Array.from({ length: 1000 }, (_, at) => `line ${at}\n`));
    expect(sheet.rewrites).toBe(0);
    expect(sheet.runs).toHaveLength(1000);
  });

  it("is rewritten once for many returns in one piece", () => {
    expect(shown(Array.from({ length: 500 }, (_, at) => `\r${at}%`).join("")).rewrites).toBe(1);
  });

  it("is not written over where the line is longer than any terminal", () => {
    const sheet = shown("x".repeat(20_000), "\ry");
    expect(sheet.text.endsWith("x\ny")).toBe(true);
  });

  it("is never buffered for long by what only looks like a sequence", () => {
    expect(shown(`\x1b]${"x".repeat(20_000)}`, "\nafter").text).toContain("after");
  });
});

describe("Styles", () => {
  it.each([
    ["1;3;4;9", { bold: true, italic: true, underline: true, strike: true }],
    ["31", { colour: [205, 0, 0] }],
    ["97;44", { colour: [255, 255, 255], background: [30, 80, 238] }],
    ["38;5;196", { colour: [255, 0, 0] }],
    ["48;5;244", { background: [128, 128, 128] }],
    ["38;2;1;2;3;1", { colour: [1, 2, 3], bold: true }],
    ["38:2::1:2:3", { colour: [1, 2, 3] }],
    ["38;5", {}],
    ["1;", {}],
    ["999", {}],
    ["4:3", { underline: true }],
    ["4:0", {}],
  ])("%s is %j", (parameters, style) => {
    expect(JSON.parse(JSON.stringify(applySgr(PLAIN, parameters)))).toEqual(style);
  });

  it("end one by one, and all at once", () => {
    const all = applySgr(PLAIN, "1;3;7;31;42");
    expect(applySgr(all, "22;23;27;39;49")).toBe(PLAIN);
    expect(applySgr(all, "")).toBe(PLAIN);
  });
});

describe("Colours", () => {
  it.each([[LIGHT], [DARK]])("can be read on %j, each of the 256", (page) => {
    const contrasts = Array.from({ length: 256 }, (_, at) => contrast(readableOn(indexed(at), page), page));
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(READABLE);
  });

  it("stay as they are where they can be read", () => {
    expect(readableOn([0, 0, 128], LIGHT)).toEqual([0, 0, 128]);
  });
});
