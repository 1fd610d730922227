import fc from "fast-check";
import { expect, it } from "vitest";
import { indentJson } from "../../../opencode_widget/frontend/src/text/indent_json";

it.each([
  ['{"id": 1915883588174806058, "ratio": 1.0}', '{\n  "id": 1915883588174806058,\n  "ratio": 1.0\n}'],
  ['{"a":1,"a":2,"e":1e400}', '{\n  "a": 1,\n  "a": 2,\n  "e": 1e400\n}'],
  ["[ -0.10 , 1E+2,\n[],{} ]", "[\n  -0.10,\n  1E+2,\n  [],\n  {}\n]"],
  ['{"s": "a, {b}: [\\"c\\"] \\\\"}', '{\n  "s": "a, {b}: [\\"c\\"] \\\\"\n}'],
])("%s keeps its digits and names", (source, shown) => expect(indentJson(source)).toBe(shown));

it("indents as JSON.stringify does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});
