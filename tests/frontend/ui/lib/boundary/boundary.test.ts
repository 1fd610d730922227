// @vitest-environment jsdom
/**
 * A failure to draw affects only its own place. The page gets what no kernel would send: fields that are missing or
 * have another type.
 */
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { Message, Part, PermissionRequest, Request } from "../../../../../opencode_widget/frontend/src/protocol";
import { MarkdownStream } from "../../../../../opencode_widget/frontend/src/text/markdown/stream";
import { settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness;
let warnings: MockInstance;
beforeEach(() => {
  warnings = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  harness.end();
  vi.restoreAllMocks();
});

const text = (id: string, words: string): Part => ({ kind: "text", id, text: words, ended: true });
const message = (id: string, parts: Part[]): Message => ({
  head: { id, role: "assistant", state: "complete", created: 1 },
  parts,
});
const good: PermissionRequest = {
  kind: "permission",
  id: "good",
  session: "s",
  permission: "bash",
  patterns: ["ls"],
  always: ["ls *"],
  metadata: { command: "ls" },
  title: "ls",
};
const bad = (more: object): Request => ({ ...good, id: "bad", title: "what it wants", ...more }) as Request;

describe("A request that cannot be drawn", () => {
  it.each([
    ["patterns", { patterns: null }],
    ["always", { always: 7 }],
    ["metadata", { metadata: null }],
    ["questions", { kind: "question", questions: [null] }],
  ])("for its %s says so, shows its words, leaves its neighbours alone", async (_, more) => {
    harness = new WidgetHarness({ requests: [bad(more), good], messages: [message("m", [text("p", "Still here.")])] });
    await settle();
    const shown = harness.get("region", "Waiting for you");
    expect(shown.textContent).toContain("This request cannot be drawn.");
    expect(shown.querySelector('[aria-label="Raw data"]')?.textContent).toContain("what it wants");
    expect(harness.get("region", "Permission: bash").textContent).toContain("ls");
    expect(harness.get("log", "Conversation").textContent).toContain("Still here.");
    expect(warnings).toHaveBeenCalled();
  });

  it("can be rejected, and allowed as all its words are shown", async () => {
    harness = new WidgetHarness({ requests: [bad({ patterns: null })] });
    await settle();
    await harness.click("button", "Allow once");
    expect(harness.sent("answer_permission")).toMatchObject([{ request: "bad", reply: "once" }]);
  });

  it("can only be rejected if its words are too many, or were truncated", async () => {
    const long = { patterns: null, metadata: { command: "x".repeat(300_000) } };
    for (const more of [long, { patterns: null, cut: true }]) {
      harness = new WidgetHarness({ requests: [bad(more)] });
      await settle();
      await harness.click("button", "Allow once");
      await harness.click("button", "Always allow");
      expect(harness.sent("answer_permission")).toEqual([]);
      await harness.click("button", "Reject");
      expect(harness.sent("answer_permission")).toMatchObject([{ request: "bad", reply: "reject" }]);
      harness.end();
    }
    harness = new WidgetHarness();
  });

  it("that is a question can be dismissed", async () => {
    harness = new WidgetHarness({ requests: [bad({ kind: "question", questions: [null] })] });
    await settle();
    await harness.click("button", "Dismiss");
    expect(harness.sent("answer_question")).toMatchObject([{ request: "bad", answers: null }]);
  });

  it("is drawn once the server sends it correctly", async () => {
    harness = new WidgetHarness({ requests: [bad({ patterns: null }), good] });
    await settle();
    harness.frame({ op: "requests", instance: "i", requests: [{ ...good, id: "bad" }, good] });
    await settle();
    expect(harness.el.textContent).not.toContain("cannot be drawn");
    expect(harness.all("region", "Permission: bash")).toHaveLength(2);
  });
});

describe("A part that cannot be drawn", () => {
  const broken = { kind: "tool", id: "b", tool: "bash", state: "completed", output: "its words" } as unknown as Part;

  it("says so, and everything around it works on", async () => {
    harness = new WidgetHarness({
      messages: [message("m", [text("a", "Before."), broken, text("c", "After.")]), message("n", [text("d", "Next.")])],
    });
    await settle();
    const log = harness.get("log", "Conversation");
    for (const words of ["Before.", "This part cannot be drawn.", "its words", "After.", "Next."])
      expect(log.textContent).toContain(words);
    harness.frame({
      op: "part",
      session: "s",
      message: "m",
      part: { ...broken, input: { command: "ls" } } as Part,
      after: "a",
    });
    await settle();
    expect(log.textContent).not.toContain("cannot be drawn");
    expect(log.textContent).toContain("After.");
  });

  it("is the message if the fault is in the message itself", async () => {
    const odd = {
      ...message("o", [text("x", "Words in it.")]),
      head: { id: "o", role: "assistant", state: "complete", created: 1, error: 7 },
    };
    harness = new WidgetHarness({ messages: [odd as unknown as Message, message("n", [text("d", "Next.")])] });
    await settle();
    const log = harness.get("log", "Conversation");
    for (const words of ["This message cannot be drawn.", "Words in it.", "Next."])
      expect(log.textContent).toContain(words);
  });

  it("is shown as plain text if Markdown fails while it streams, until it is stated whole", async () => {
    const part: Part = { kind: "text", id: "p", text: "One ", ended: false };
    harness = new WidgetHarness({ messages: [message("m", [part]), message("n", [text("d", "Next.")])] });
    await settle();
    const failing = vi.spyOn(MarkdownStream.prototype, "append").mockImplementation(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    const more = (words: string) =>
      harness.frame(
        { op: "text", session: "s", message: "m", part: "p", field: "text", text: words },
        { op: "text", session: "s", message: "n", part: "d", field: "output", text: "" },
      );
    more("**two** ");
    more("three");
    failing.mockRestore();
    const shown = () => harness.el.querySelector("[data-message=m] .ocw-md");
    expect(shown()?.textContent).toBe("One **two** three");
    harness.frame({ op: "part", session: "s", message: "m", part: text("p", "One **two** three."), after: null });
    await settle();
    expect(shown()?.textContent?.trim()).toBe("One two three.");
    expect(shown()?.querySelector("strong")?.textContent).toBe("two");
  });
});
