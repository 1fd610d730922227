import { describe, expect, it } from "vitest";
import { sourceLine } from "../../../opencode_widget/frontend/src/mermaid/source_line";

/** The line that holds "HERE", and the number that Mermaid counts for it. */
function lineOf(source: string, counted: number): [found: number, right: number] {
  return [sourceLine(source, counted), source.split(/\r\n?|\n/).findIndex((line) => line.includes("HERE")) + 1];
}

describe("The line of an error", () => {
  it.each([
    ["a plain diagram", "graph TD\nA-->B\nHERE", 3],
    ["lines of Windows", "graph TD\r\nA-->B\r\nHERE", 3],
    ["lines before the diagram", "\n \n\ngraph TD\nHERE", 2],
    ["blank lines inside", "graph TD\n\n\nHERE", 4],
    ["front matter", "---\ntitle: x\nconfig:\n  look: classic\n---\n\ngraph TD\nHERE", 2],
    ["a directive", '%%{init: {"theme": "dark"}}%%\ngraph TD\nHERE', 2],
    ["a directive of several lines", '%%{\n  init: {"theme": "dark"}\n}%%\ngraph TD\nHERE', 2],
    ["a directive inside, which leaves a blank line", "graph TD\n%%{wrap}%%\nHERE", 3],
    ["comments, with the blank lines before them", "%% one\ngraph TD\n%% two\nA-->B\n\n  %% three\nHERE", 3],
    ["a bare mark, which is no comment", "graph TD\n%%\nHERE", 3],
    ["a line like front matter inside", "graph TD\n---\nHERE", 3],
    ["front matter that never ends", "---\ngraph TD\nHERE", 3],
    ["a directive that never ends", "graph TD\n%%{init\nHERE", 3],
  ])("is found in %s", (_, source, counted) => {
    const [found, right] = lineOf(source, counted);
    expect(found).toBe(right);
  });

  it.each([
    ["graph TD\nA-->\n", 9, 2],
    ["", 1, 1],
    ["%% only a comment", 3, 1],
    ["graph TD", 0, 1],
  ])("is a line of the source, whatever Mermaid says (%j, %i)", (source, counted, right) => {
    expect(sourceLine(source, counted)).toBe(right);
  });
});
