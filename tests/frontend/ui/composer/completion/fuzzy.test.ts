import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { match, rank } from "../../../../../opencode_widget/frontend/src/ui/composer/completion/fuzzy";

const best = (query: string, ...texts: string[]) => rank(query, texts, (text) => text)[0]?.item;

describe("A fuzzy match", () => {
  it("finds letters in their order only", () => {
    expect(match("pars", "src/parser.py")).toBeDefined();
    expect(match("srp", "src/parser.py")).toBeDefined();
    expect(match("prs", "spr")).toBeUndefined();
  });

  it.each([
    ["new", ["renew", "new"], "new"],
    ["rn", ["iron", "release-notes"], "release-notes"],
    ["pars", ["pa/rs/index.ts", "src/parser.py"], "src/parser.py"],
    ["sonnet", ["Sonata Net", "Claude Sonnet 4.5"], "Claude Sonnet 4.5"],
    ["gp", ["get-part", "GPT-5"], "GPT-5"],
  ])("of %s among %j is best %s", (query, texts, wanted) => expect(best(query, ...texts)).toBe(wanted));

  it("reports rising positions, each of the letter in the query", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "A", "/", "-", ".") });
    fc.assert(
      fc.property(word, word, (query, text) => {
        const hit = match(query, text);
        if (!hit) return;
        expect(hit.at.map((place) => text[place]?.toLowerCase()).join("")).toBe(query.toLowerCase());
        expect(hit.at.every((place, index) => index === 0 || place > (hit.at[index - 1] ?? place))).toBe(true);
      }),
    );
  });

  it("is found if the letters are a subsequence of the text", () => {
    fc.assert(
      fc.property(fc.string(), fc.infiniteStream(fc.boolean()), (text, keep) => {
        const query = text
          .split("")
          .filter(() => keep.next().value)
          .join("");
        expect(match(query, text) !== undefined).toBe(text.toLowerCase().length === text.length);
      }),
    );
  });

  it("keeps the order for an empty query", () => {
    expect(rank("", ["b", "a"], (text) => text).map(({ item }) => item)).toEqual(["b", "a"]);
  });
});
