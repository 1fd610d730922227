// @vitest-environment jsdom
import { expect, it } from "vitest";
import type { Match } from "../../../../../opencode_widget/frontend/src/protocol";
import { EARLIER } from "../../../../../opencode_widget/frontend/src/ui/lib/controls/paged";
import { occurrencesIn } from "../../../../../opencode_widget/frontend/src/ui/transcript/search/reveal";

const MATCH = { message: "m", before: "", match: "sheep", after: "" } as unknown as Match;

/** A row in which each click shows one earlier text. */
function row(...earlier: string[]): HTMLElement {
  const made = document.createElement("div");
  made.append("the end");
  const button = document.createElement("button");
  button.className = EARLIER;
  button.onclick = () => {
    made.prepend(earlier.pop() ?? "");
    if (earlier.length === 0) button.remove();
  };
  made.append(button);
  return made;
}

it("finds words in a part of a long message that is not drawn yet", async () => {
  const ranges = await occurrencesIn(row("grass", "two sheep", "hills"), MATCH);
  expect(ranges.map(String)).toEqual(["sheep"]);
});

it("ends where the words are nowhere", async () => {
  const made = row("grass", "hills");
  expect(await occurrencesIn(made, MATCH)).toEqual([]);
  expect(made.textContent).toBe("grasshillsthe end");
});
