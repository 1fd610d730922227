// @vitest-environment jsdom
/**
 * A failure to draw affects only its own place. The page gets what no kernel would send: fields that are missing or
 * have another type.
 */
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { Message, Part, PermissionRequest, Request } from "../../../../../opencode_widget/frontend/src/protocol";
import { MarkdownStream } from "../../../../../opencode_widget/frontend/src/text/markdown/stream";
import { settle, WidgetHarness } from "../../harness";

let stage: WidgetHarness;
let warnings: MockInstance;
beforeEach(() => {
  warnings = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  stage.end();
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
    stage = new WidgetHarness({ requests: [bad(more), good], messages: [message("m", [text("p", "Still here.")])] });
    await settle();
    const shown = stage.get("region", "Waiting for you");
    expect(shown.textContent).toContain("This request cannot be drawn.");
    expect(shown.querySelector('[aria-label="As it came"]')?.textContent).toContain("what it wants");
    expect(stage.get("region", "Permission: bash").textContent).toContain("ls");
    expect(stage.get("log", "Conversation").textContent).toContain("Still here.");
    expect(warnings).toHaveBeenCalled();
  });

  it("can be rejected, and allowed as all its words are shown", async () => {
    stage = new WidgetHarness({ requests: [bad({ patterns: null })] });
    await settle();
    await stage.click("button", "Allow once");
    expect(stage.sent("answer_permission")).toMatchObject([{ request: "bad", reply: "once" }]);
  });

  it("can only be rejected if its words are too many, or were truncated", async () => {
    const long = { patterns: null, metadata: { command: "x".repeat(300_000) } };
    for (const more of [long, { patterns: null, cut: true }]) {
      stage = new WidgetHarness({ requests: [bad(more)] });
      await settle();
      await stage.click("button", "Allow once");
      await stage.click("button", "Always allow");
      expect(stage.sent("answer_permission")).toEqual([]);
      await stage.click("button", "Reject");
      expect(stage.sent("answer_permission")).toMatchObject([{ request: "bad", reply: "reject" }]);
      stage.end();
    }
    stage = new WidgetHarness();
  });

  it("that is a question can be dismissed", async () => {
    stage = new WidgetHarness({ requests: [bad({ kind: "question", questions: [null] })] });
    await settle();
    await stage.click("button", "Dismiss");
    expect(stage.sent("answer_question")).toMatchObject([{ request: "bad", answers: null }]);
  });

  it("is drawn once the server sends it correctly", async () => {
    stage = new WidgetHarness({ requests: [bad({ patterns: null }), good] });
    await settle();
    stage.frame({ op: "requests", instance: "i", requests: [{ ...good, id: "bad" }, good] });
    await settle();
    expect(stage.el.textContent).not.toContain("cannot be drawn");
    expect(stage.all("region", "Permission: bash")).toHaveLength(2);
  });
});

describe("A part that cannot be drawn", () => {
  const broken = { kind: "tool", id: "b", tool: "bash", state: "completed", output: "its words" } as unknown as Part;

  it("says so, and everything around it works on", async () => {
    stage = new WidgetHarness({
      messages: [message("m", [text("a", "Before."), broken, text("c", "After.")]), message("n", [text("d", "Next.")])],
    });
    await settle();
    const log = stage.get("log", "Conversation");
    for (const words of ["Before.", "This part cannot be drawn.", "its words", "After.", "Next."])
      expect(log.textContent).toContain(words);
    stage.frame({
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
    stage = new WidgetHarness({ messages: [odd as unknown as Message, message("n", [text("d", "Next.")])] });
    await settle();
    const log = stage.get("log", "Conversation");
    for (const words of ["This message cannot be drawn.", "Words in it.", "Next."])
      expect(log.textContent).toContain(words);
  });

  it("is shown as plain text if Markdown fails while it streams, until it is stated whole", async () => {
    const part: Part = { kind: "text", id: "p", text: "One ", ended: false };
    stage = new WidgetHarness({ messages: [message("m", [part]), message("n", [text("d", "Next.")])] });
    await settle();
    const failing = vi.spyOn(MarkdownStream.prototype, "append").mockImplementation(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    const more = (words: string) =>
      stage.frame(
        { op: "text", session: "s", message: "m", part: "p", field: "text", text: words },
        { op: "text", session: "s", message: "n", part: "d", field: "output", text: "" },
      );
    more("**two** ");
    more("three");
    failing.mockRestore();
    const shown = () => stage.el.querySelector("[data-message=m] .ocw-md");
    expect(shown()?.textContent).toBe("One **two** three");
    stage.frame({ op: "part", session: "s", message: "m", part: text("p", "One **two** three."), after: null });
    await settle();
    expect(shown()?.textContent?.trim()).toBe("One two three.");
    expect(shown()?.querySelector("strong")?.textContent).toBe("two");
  });
});
