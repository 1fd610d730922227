import { describe, expect, it } from "vitest";
import { distinct, History, type PromptEntry } from "../../../../opencode_widget/frontend/src/ui/state/prompt_history";

const entry = (text: string, shell = false): PromptEntry => ({ text, marks: [], shell });
const sent = [entry("one"), entry("two\nlines"), entry("three")];

/** A text box with a history. */
class Box {
  readonly history = new History();
  now = entry("");

  up(caret = 0): string {
    this.now = this.history.back(this.now, caret, () => sent) ?? this.now;
    return this.now.text;
  }

  down(caret = this.now.text.length): string {
    this.now = this.history.forward(this.now, caret) ?? this.now;
    return this.now.text;
  }
}

describe("History", () => {
  it("goes back to the first prompt and no further, and forward to the draft", () => {
    const box = new Box();
    box.now = entry("a draft");
    expect([box.up(), box.up(), box.up(), box.up()]).toEqual(["three", "two\nlines", "one", "one"]);
    expect([box.down(), box.down(), box.down(), box.down()]).toEqual(["two\nlines", "three", "a draft", "a draft"]);
  });

  it("leaves a draft alone while the caret is in it", () => {
    const box = new Box();
    box.now = entry("a draft");
    expect(box.up(3)).toBe("a draft");
    expect(box.down()).toBe("a draft");
  });

  it("leaves Up and Down to the caret between the lines of a prompt", () => {
    const box = new Box();
    box.up();
    box.up();
    expect(box.up(6)).toBe("two\nlines");
    expect(box.down(1)).toBe("two\nlines");
    expect(box.up(2)).toBe("one");
  });

  it("starts again once a prompt was changed", () => {
    const box = new Box();
    box.up();
    box.now = entry("three!");
    expect(box.up(6)).toBe("three!");
    expect(box.up(0)).toBe("three");
    expect(box.down()).toBe("three!");
  });

  it("has each text once, at its last use, and no empty ones", () => {
    const all = distinct([entry("a"), entry("b"), entry(" "), entry("a"), entry("a", true)]);
    expect(all).toEqual([entry("b"), entry("a"), entry("a", true)]);
  });
});
