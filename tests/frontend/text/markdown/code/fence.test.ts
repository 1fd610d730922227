import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FenceReader } from "../../../../../opencode_widget/frontend/src/text/markdown/code/fence";

function read(marker: string, pieces: string[]): { code: string; rest: string | undefined } {
  const reader = new FenceReader(marker);
  let code = "";
  let rest: string | undefined;
  for (const piece of pieces) {
    if (rest !== undefined) rest += piece;
    else {
      const read = reader.feed(piece);
      code += read.code;
      rest = read.rest;
    }
  }
  return { code: rest === undefined ? code + reader.finish() : code, rest };
}

describe("The inside of a fence", () => {
  it.each([
    ["```", "a\nb\n```\nafter", { code: "a\nb\n", rest: "\nafter" }],
    ["```", "a\n``\n```` \n", { code: "a\n``\n", rest: "\n" }],
    ["```", "a ```\n    ```\n", { code: "a ```\n    ```\n", rest: undefined }],
    ["~~~", "```\n~~~", { code: "```\n", rest: undefined }],
    ["```", "a\n~~~\n   ```\n", { code: "a\n~~~\n", rest: "\n" }],
    ["```", "a\n```x", { code: "a\n```x", rest: undefined }],
  ])("after %s, %j is %j, however it is cut", (marker, text, expected) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (places) => {
        const at = [...new Set(places)].sort((one, two) => one - two);
        const pieces = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
        expect(read(marker, pieces)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("buffers nothing of a line that can't be the closing one", () => {
    const reader = new FenceReader("```");
    expect(reader.feed("ret").code).toBe("ret");
    expect(reader.feed("urn `").code).toBe("urn `");
    expect(reader.feed("\n`").code).toBe("\n");
    expect(reader.feed("x").code).toBe("`x");
  });
});
