import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expanded,
  follow,
  joined,
  type MarkedText,
  type Meaning,
  markAt,
  withMark,
} from "../../../../opencode_widget/frontend/src/ui/state/mentions";

const file: Meaning = { kind: "file", path: "src/a.py" };

/** "See @src/a.py now", with its mention. */
const written: MarkedText = withMark({ text: "See @src/a.py now", marks: [] }, 4, "@src/a.py", file);
const edited = (text: string): MarkedText => ({ text, marks: follow(written, text) });

describe("A mention", () => {
  it("moves with its words", () => {
    expect(expanded(edited("Please see: See @src/a.py now")).mentions).toEqual([{ ...file, start: 16, end: 25 }]);
    expect(expanded(edited("See @src/a.py and then")).mentions).toEqual([{ ...file, start: 4, end: 13 }]);
  });

  it("is plain text once its words are changed", () => {
    expect(edited("See @src/ab.py now").marks).toEqual([]);
    expect(edited("See @src now").marks).toEqual([]);
    expect(edited("").marks).toEqual([]);
  });

  it("replaces those that it overlaps", () => {
    const agent: Meaning = { kind: "agent", name: "src" };
    expect(withMark(written, 4, "@src", agent).marks.map((mark) => mark.written)).toEqual(["@src"]);
  });

  it("is none if its words are not in the text", () => {
    expect(withMark({ text: "Hello", marks: [] }, 0, "@a", file).marks).toEqual([]);
  });

  it("is found by the caret in it", () => {
    expect([4, 5, 13, 14].map((caret) => markAt(written, caret) !== undefined)).toEqual([false, true, true, false]);
  });

  it("keeps its place when its prompt comes back before other words", () => {
    const back = joined({ text: "First", marks: [] }, written);
    expect(expanded(back)).toEqual({ text: "First\n\nSee @src/a.py now", mentions: [{ ...file, start: 11, end: 20 }] });
    expect(joined(written, { text: " ", marks: [] })).toBe(written);
  });

  it("has its position in the sent text, whatever pastes precede it", () => {
    const text = "[Pasted 2 lines] like @src/a.py";
    const folded = withMark({ text, marks: [] }, 0, "[Pasted 2 lines]", { kind: "paste", text: "é𝄞\nb" });
    const sent = expanded(withMark(folded, 22, "@src/a.py", file));
    expect(sent.text).toBe("é𝄞\nb like @src/a.py");
    expect(sent.mentions.map(({ start, end }) => sent.text.slice(start, end))).toEqual(["@src/a.py"]);
  });
});

/** An edit: at a position (of 100), deletes so many units and inserts these words. */
const edit = fc.record({
  at: fc.nat(100),
  away: fc.nat(6),
  words: fc.string({ unit: fc.constantFrom("a", "@", " ", "𝄞", "é"), maxLength: 5 }),
  mark: fc.boolean(),
});

describe("Whatever the user writes and changes", () => {
  it("a mark's offsets always slice to its words, also in the sent text", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        let now: MarkedText = { text: "", marks: [] };
        for (const { at, away, words, mark } of edits) {
          const start = Math.floor((at * now.text.length) / 100);
          const text = now.text.slice(0, start) + words + now.text.slice(start + away);
          now = { text, marks: follow(now, text) };
          if (mark && words !== "") now = withMark(now, start, words, meaningOf(words));
          for (const each of now.marks) expect(now.text.slice(each.start, each.end)).toBe(each.written);
        }
        expectSorted(now);
        const sent = expanded(now);
        const mentioned = now.marks.filter(({ meaning }) => meaning.kind === "file");
        const slices = sent.mentions.map(({ start, end }) => sent.text.slice(start, end));
        expect(slices).toEqual(mentioned.map((each) => each.written));
      }),
    );
  });
});

function meaningOf(words: string): Meaning {
  return words.startsWith("a") ? { kind: "paste", text: `long ${words}` } : { kind: "file", path: words };
}

function expectSorted({ marks }: MarkedText): void {
  for (const [index, mark] of marks.entries()) expect(mark.start).toBeGreaterThanOrEqual(marks[index - 1]?.end ?? 0);
}
