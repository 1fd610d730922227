// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { parseDiff } from "../../../../../opencode_widget/frontend/src/text/diff/parse";
import { colourPieces, DiffColours } from "../../../../../opencode_widget/frontend/src/ui/parts/diff/diff_colours";

function coloured(patch: string, language: string) {
  const [change] = parseDiff(patch);
  const colours = new DiffColours(language);
  for (const hunk of change?.hunks ?? []) colours.add(hunk);
  return (change?.hunks ?? []).flatMap(({ lines }) => lines).map((line) => ({ line, runs: colours.of(line) }));
}

const PATCH = ["--- a/a.py", "+++ b/a.py", "@@ -1,3 +1,3 @@", ' x = """', "-return 1", "+return 2", ' """'].join("\n");

describe("The colours of a diff", () => {
  it("do not alter the text, and see strings over many lines", () => {
    const lines = coloured(PATCH, "python");
    for (const { line, runs } of lines) expect(runs?.map(({ text }) => text).join("")).toBe(line.text);
    const removed = lines.find(({ line }) => line.kind === "removed");
    expect(removed?.runs).toEqual([{ text: "return 1", class: "hljs-string" }]);
  });

  it("tell a keyword of either side", () => {
    const patch = ["@@ -1 +1 @@", "-import a", "+import b"].join("\n");
    expect(coloured(patch, "python").map(({ runs }) => runs?.[0])).toEqual([
      { text: "import", class: "hljs-keyword" },
      { text: "import", class: "hljs-keyword" },
    ]);
  });

  it.each([
    ["an unknown language", PATCH, ""],
    ["what is too long", `@@ -1 +1 @@\n-${"x = 1; ".repeat(6_000)}\n+y`, "python"],
  ])("are left out for %s", (_, patch, language) => {
    for (const { runs } of coloured(patch, language)) expect(runs).toBeUndefined();
  });

  it("are shared out among the pieces of a line", () => {
    const pieces = [
      { text: "im", changed: false },
      { text: "port a", changed: true },
      { text: "b", changed: false },
    ];
    const runs = [
      { text: "import", class: "k" },
      { text: " ab", class: "" },
    ];
    expect(colourPieces(pieces, runs)).toEqual([
      [{ text: "im", class: "k" }],
      [
        { text: "port", class: "k" },
        { text: " a", class: "" },
      ],
      [{ text: "b", class: "" }],
    ]);
  });
});
