// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Message } from "../../../../opencode_widget/frontend/src/protocol";
import { sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

const HEIGHT = 2_000;
const VIEW = 500;

function message(id: string, role: "user" | "assistant", created: number): Message {
  return {
    head: { id, role, state: "complete", created },
    parts: [{ kind: "text", id: `${id}p`, text: `Words of ${id}`, ended: true }],
  };
}

/** The reader is at the top of a long conversation; jsdom lays nothing out. */
async function scrolledUp(): Promise<HTMLElement> {
  vi.stubGlobal("CSS", { escape: (words: string) => words }); // jsdom has none
  harness = new WidgetHarness({ messages: [message("u1", "user", 1), message("a1", "assistant", 2)] });
  await settle();
  const log = harness.get("log", "Conversation");
  Object.defineProperties(log, { scrollHeight: { value: HEIGHT }, clientHeight: { value: VIEW } });
  for (const top of [HEIGHT - VIEW, 300]) {
    log.scrollTop = top;
    log.dispatchEvent(new Event("scroll"));
  }
  await settle();
  return log;
}

const pill = () => harness.get("button", "Jump to latest");

describe("A reader who has scrolled up", () => {
  it("is at the end after sending a prompt", async () => {
    const log = await scrolledUp();
    expect(pill().textContent).toContain("Jump to latest");
    const prompt = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
    prompt.focus();
    await harness.type("And now?");
    await harness.press("Enter");
    await vi.waitFor(() => expect(log.scrollTop).toBe(HEIGHT));
    await vi.waitFor(() => expect(harness.all("button", "Jump to latest")).toEqual([]));
  });

  it("stays where they are when the agent writes, and is told that there is a reply", async () => {
    const log = await scrolledUp();
    const { head, parts } = message("a2", "assistant", 3);
    harness.frame({ op: "message", session: "s", head, after: "a1" });
    for (const part of parts) harness.frame({ op: "part", session: "s", message: "a2", part, after: null });
    await settle();
    expect(log.scrollTop).toBeLessThan(HEIGHT - VIEW);
    expect(pill().textContent).toContain("New reply");
  });

  it("is told that the agent needs them", async () => {
    await scrolledUp();
    harness.frame({ op: "session", instance: "i", session: sessionOf({ waiting: 1 }) });
    await settle();
    expect(pill().textContent).toContain("Needs you");
  });
});
