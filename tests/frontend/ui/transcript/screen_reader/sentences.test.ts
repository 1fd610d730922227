import { describe, expect, it } from "vitest";
import type { MessageHead, Part } from "../../../../../opencode_widget/frontend/src/protocol";
import {
  asSpoken,
  lastEnd,
  SentenceReader,
  type SpokenMessage,
} from "../../../../../opencode_widget/frontend/src/ui/transcript/screen_reader/sentences";

function answer(id: string, text: string, ended = false, created = 2): SpokenMessage {
  const head: MessageHead = { id, role: "assistant", state: ended ? "complete" : "streaming", created };
  const part: Part = { kind: "text", id: `${id} text`, text, ended };
  return { head, parts: [part] };
}

describe("The text for a screen reader", () => {
  it("has each sentence once, when it is complete", () => {
    const speech = new SentenceReader([]);
    expect(speech.next([answer("a", "The test fai")])).toBe("");
    expect(speech.next([answer("a", "The test fails. It is")])).toBe("The test fails.");
    expect(speech.next([answer("a", "The test fails. It is")])).toBe("");
    expect(speech.next([answer("a", "The test fails. It is the loop", true)])).toBe("It is the loop");
    expect(speech.next([answer("a", "The test fails. It is the loop", true)])).toBe("");
  });

  it("leaves out what was there when the conversation came on screen, and older text that loads later", () => {
    const speech = new SentenceReader([answer("a", "Read it. ", true)]);
    const now = [answer("older", "Long ago. ", true, 1), answer("a", "Read it. ", true), answer("b", "New. ")];
    expect(speech.next(now)).toBe("New.");
  });

  it("has the rest of an answer that was streaming already", () => {
    const speech = new SentenceReader([answer("a", "Half of ")]);
    expect(speech.next([answer("a", "Half of it. ")])).toBe("it.");
  });

  it("leaves out the user's text and the agent's reasoning", () => {
    const { head } = answer("a", "");
    const thought: Part = { kind: "reasoning", id: "r", text: "Hm. ", ended: true };
    const prompt: SpokenMessage = { ...answer("u", "Mine. ", true), head: { ...head, role: "user" } };
    expect(new SentenceReader([]).next([prompt, { head, parts: [thought] }])).toBe("");
  });

  it("has no Markdown marks, and names code", () => {
    expect(asSpoken("## Why\n\n- **one** `split` and [a link](x.py)\n")).toBe("Why one split and a link");
    expect(asSpoken("So:\n```py\nx = 1\n```\nThat is all.")).toBe("So: Code. That is all.");
    expect(asSpoken("So:\n```py\nx = 1")).toBe("So: Code.");
  });

  it("waits for the end of a code block", () => {
    expect(lastEnd("So.\n```\nx.\ny")).toBe(4);
    expect(lastEnd("So.\n```\nx.\n```\nand")).toBe("So.\n```\nx.\n```\n".length);
  });
});
