// @vitest-environment jsdom
import { expect, it } from "vitest";
import { renderMarkdown } from "../../../../opencode_widget/frontend/src/text/markdown/render";

const pieces = (text: string) =>
  [...renderMarkdown(text).querySelectorAll(".ocw-piece")].map((piece) => piece.textContent ?? "");

it("lays a very long paragraph out in pieces, cut between words", () => {
  const text = "some words \u241b\n".repeat(4_000).trim();
  const found = pieces(text);
  expect(found.join("")).toBe(text);
  expect(found.length).toBeGreaterThan(10);
  expect(Math.max(...found.map((piece) => piece.length))).toBeLessThan(5_000);
  expect(found.every((piece, number) => /\s$/.test(piece) || number === found.length - 1)).toBe(true);
});

it("cuts through what has no space, but through no sign", () => {
  const found = pieces("\u{1f411}".repeat(15_000));
  expect(found.join("")).toBe("\u{1f411}".repeat(15_000));
  expect(found.some((piece) => /^[\udc00-\udfff]/.test(piece))).toBe(false);
});

it("leaves a common paragraph whole", () => {
  expect(pieces("some words ".repeat(100))).toEqual([]);
});
