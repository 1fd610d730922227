import { describe, expect, it } from "vitest";
import type { Match } from "../../../../../opencode_widget/frontend/src/protocol";
import { countWords } from "../../../../../opencode_widget/frontend/src/ui/transcript/search/matches";

const found = (count: number, complete = true) => ({
  query: "wolf",
  list: Array.from({ length: count }, () => ({}) as Match),
  complete,
});

describe("The count of matches", () => {
  it.each([
    [found(4), 0, "4 of 4"],
    [found(4), 3, "1 of 4"],
    [found(4, false), 1, "3 of 4+"],
    [found(0), 0, "Nothing found"],
    [found(0, false), 0, "No results yet"],
    [undefined, 0, "Searching…"],
  ])("runs from the oldest to the newest, where the search begins: %#", (matches, at, words) =>
    expect(countWords(matches, at)).toBe(words),
  );
});
