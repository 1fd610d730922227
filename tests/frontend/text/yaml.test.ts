import { describe, expect, it } from "vitest";
import { yaml } from "../../../opencode_widget/frontend/src/text/yaml";

describe("Values for people", () => {
  it.each<[unknown, string]>([
    [{ a: "words and more", n: 3, yes: true, none: null }, 'a: words and more\nn: 3\n"yes": true\nnone: null'],
    [{ list: ["x", { y: 1, z: 2 }, ["deep"]] }, 'list:\n  - x\n  - "y": 1\n    z: 2\n  - - deep'.replace('"y"', "y")],
    [{ text: "two\n\nlines" }, "text: |-\n  two\n\n  lines"],
    [{ text: "two\nlines\n" }, "text: |\n  two\n  lines"],
    [{ in: { side: { of: [] } } }, "in:\n  side:\n    of: []"],
    [
      { tricky: "true", number: "12", colon: "a: b", dash: "- x", empty: "" },
      'tricky: "true"\nnumber: "12"\ncolon: "a: b"\ndash: "- x"\nempty: ""',
    ],
    [["a", "b"], "- a\n- b"],
    ["words", "words"],
    [{}, ""],
    [[], ""],
  ])("%j", (value, text) => expect(yaml(value)).toBe(text));

  it("are not followed without end", () => {
    let deep: unknown = "bottom";
    for (let at = 0; at < 50; at += 1) deep = { down: deep };
    expect(yaml(deep).split("\n").at(-1)?.trim()).toBe("down: …");
  });
});
