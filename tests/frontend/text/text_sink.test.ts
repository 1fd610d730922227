// @vitest-environment jsdom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnsiSink } from "../../../opencode_widget/frontend/src/text/ansi/sink";
import { Cutter } from "../../../opencode_widget/frontend/src/text/cutter";
import { TextSink } from "../../../opencode_widget/frontend/src/text/text_sink";

function blocks(pieces: string[]): string[] {
  const element = document.createElement("pre");
  const sink = new TextSink(element);
  for (const piece of pieces) sink.append(piece);
  return Array.from(element.children, (each) => each.textContent);
}

const line = fc.tuple(fc.nat(30_000), fc.constantFrom("\n", "")).map(([length, end]) => "x".repeat(length) + end);
const text = fc.oneof(
  fc.array(line, { maxLength: 12 }).map((lines) => lines.join("")),
  fc.nat(900).map((count) => "short\n".repeat(count)),
);

describe("text without bound", () => {
  it("is cut into the same blocks, however it comes", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (whole, places) => {
        const at = places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b);
        const pieces = [...at, whole.length].map((end, index) => whole.slice(at[index - 1] ?? 0, end));
        const cut = blocks(pieces);
        expect(cut).toEqual(blocks([whole]));
        expect(cut.join("")).toBe(whole);
      }),
    );
  });

  it("has no block that takes long to lay out", () => {
    for (const whole of ["y".repeat(1_000_000), `${"y".repeat(3_000)}\n`.repeat(400), "\n".repeat(5_000)]) {
      const cut = blocks([whole]);
      expect(Math.max(...cut.map((each) => each.length))).toBeLessThanOrEqual(40_000);
      expect(Math.max(...cut.map((each) => each.split("\n").length))).toBeLessThanOrEqual(201);
    }
  });

  it("is not cut through a character", () => {
    for (const before of ["", "z"]) {
      for (const each of blocks([before + "🐑".repeat(50_000)])) expect(each).not.toMatch(/^[\uDC00-\uDFFF]/);
    }
  });

  it("begins anew after it was cleared", () => {
    const cutter = new Cutter();
    Array.from(cutter.cut("x".repeat(39_999)));
    cutter.reset();
    expect(Array.from(cutter.cut("x".repeat(40_000)))).toEqual([["x".repeat(40_000), false]]);
  });

  it("is cut the same where it is a terminal's", () => {
    const element = document.createElement("pre");
    const sink = new AnsiSink(element);
    const whole = `\u001b[31m${"r".repeat(90_000)}\u001b[0m\nafter`;
    for (let at = 0; at < whole.length; at += 7_000) sink.append(whole.slice(at, at + 7_000));
    const cut = Array.from(element.children, (each) => each.textContent.length);
    expect(cut).toEqual([40_000, 40_000, 10_006]);
    expect(element.textContent).toBe(`${"r".repeat(90_000)}\nafter`);
  });
});
