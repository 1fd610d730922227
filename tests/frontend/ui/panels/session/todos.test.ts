// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Message, Part, Session } from "../../../../../opencode_widget/frontend/src/protocol";
import { sessionOf, settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

let made = 0;
const message = (role: "user" | "assistant", ...parts: Part[]): Message => {
  made += 1;
  return { head: { id: `m${made}`, role, state: "complete", created: 0 }, parts };
};
const prompt = () => message("user", { kind: "text", id: "t", text: "Go on", ended: true });
const plan = () =>
  message("assistant", { kind: "tool", id: "p", tool: "todowrite", state: "completed", input: {}, output: "" });
const answer = () => message("assistant", { kind: "text", id: "t", text: "Done.", ended: true });

async function show(messages: Message[], status: Session["status"] = "idle"): Promise<string | undefined> {
  const todos = [
    { content: "Read the limiter", status: "completed" },
    { content: "Test it", status: "pending" },
  ] as never;
  harness = new WidgetHarness({ messages, transcript: { todos }, sessions: [sessionOf({ status })] });
  await settle();
  return harness.el.querySelector(".ocw-todos > summary")?.textContent ?? undefined;
}

describe("The to-do list above the composer", () => {
  it("says in which step the agent is", async () => {
    expect(await show([prompt(), plan()])).toBe("To-do: 1 of 2Test it");
  });

  it.each<[string, Message[], Session["status"], boolean]>([
    ["at the end of its turn", [prompt(), plan(), answer()], "idle", true],
    ["while the next turn may change it", [prompt(), plan(), prompt()], "busy", true],
    ["after a turn that did not", [prompt(), plan(), prompt(), answer()], "idle", false],
    ["in the turn after that", [prompt(), plan(), prompt(), answer(), prompt()], "busy", false],
    ["where the page does not know its age", [prompt(), answer()], "idle", true],
  ])("is there or not %s", async (_, messages, status, there) => {
    expect((await show(messages, status)) !== undefined).toBe(there);
  });
});
