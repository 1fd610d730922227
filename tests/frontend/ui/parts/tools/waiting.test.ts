// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import type {
  Message,
  PermissionRequest,
  QuestionRequest,
  Request,
  ToolPart,
} from "../../../../../opencode_widget/frontend/src/protocol";
import { settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness;
afterEach(() => {
  harness.end();
  vi.useRealTimers();
});

const tool = (name: string, more: Partial<ToolPart> = {}): ToolPart => ({
  kind: "tool",
  id: "t",
  tool: name,
  state: "running",
  input: {},
  output: "",
  started: 1_000,
  ...more,
});
const permission = (name: string, more: Partial<PermissionRequest> = {}): PermissionRequest => ({
  kind: "permission",
  id: "r",
  session: "s",
  permission: name,
  patterns: ["ls"],
  always: [],
  metadata: {},
  title: "ls",
  message: "m",
  ...more,
});
const question: QuestionRequest = { kind: "question", id: "r", session: "s", questions: [], message: "m" };

async function drawn(part: ToolPart, ...requests: Request[]): Promise<HTMLElement> {
  const head: Message["head"] = { id: "m", role: "assistant", state: "streaming", created: 1 };
  harness = new WidgetHarness({ messages: [{ head, parts: [part] }], requests });
  await settle();
  return harness.el.querySelector("[data-tool]") as HTMLElement;
}

describe("A tool that waits for the user", () => {
  it.each<[string, Request]>([
    ["bash", permission("bash")],
    ["write", permission("edit")],
    ["read", permission("external_directory")],
    ["question", question],
  ])("%s says so, does not spin, and stays folded", async (name, request) => {
    const line = await drawn(tool(name), request);
    expect(line.textContent).toContain("waiting for you");
    expect(line.querySelector(".ocw-spinner")).toBeNull();
    expect(line.querySelector("details")?.open).toBe(false);
    harness.frame({ op: "request-", instance: "i", id: "r" });
    await settle();
    expect(line.textContent).not.toContain("waiting for you");
  });

  it.each<[string, Request]>([
    ["of another message", permission("bash", { message: "other" })],
    ["of another session", permission("bash", { session: "other" })],
    ["of another tool", permission("webfetch")],
  ])("is not one for a request %s", async (_, request) => {
    expect((await drawn(tool("bash"), request)).querySelector(".ocw-spinner")).not.toBeNull();
  });

  it.each([
    ["c", true],
    ["another", false],
  ])("is the one whose call %s the request names", async (call, waits) => {
    const line = await drawn(tool("bash", { call: "c" }), permission("bash", { call }));
    expect(line.textContent?.includes("waiting for you")).toBe(waits);
  });

  it.each<[Partial<ToolPart>, string]>([
    [{ waited: 26_000 }, "3.0 s"],
    [{}, "29 s"],
    [{ waited: 40_000 }, ""], // the kernel learned late that it was answered
  ])("has the time of its run alone (%o), also after a reload of the page", async (more, time) => {
    const line = await drawn(tool("bash", { state: "completed", finished: 30_000, ...more }));
    expect(line.querySelector(".ocw-tool-time")?.textContent).toBe(time);
  });

  it("has no time at all if it is a question", async () => {
    const line = await drawn(tool("question", { state: "completed", finished: 30_000 }));
    expect(line.querySelector(".ocw-tool-time")).toBeNull();
  });
});

describe("What the user decided", () => {
  it.each([
    ["bash", "The user rejected permission to use this specific tool call.", "Rejected by you"],
    [
      "bash",
      "The user rejected permission to use this specific tool call with the following feedback: no",
      "Rejected by you",
    ],
    ["question", "The user dismissed this question", "Dismissed"],
  ])("is no failure of %s (%s)", async (name, error, words) => {
    const line = await drawn(tool(name, { state: "error", error }));
    expect(line.querySelector("summary")?.textContent).toContain(words);
    expect(line.textContent).not.toContain("failed");
    expect(line.querySelector(".ocw-tool-problem")).toBeNull();
    expect(line.querySelector(".ocw-icon.ocw-bad")).toBeNull();
  });

  it("leaves real failures what they are", async () => {
    const line = await drawn(tool("bash", { state: "error", error: "No such file" }));
    expect(line.textContent).toContain("failed");
    expect(line.querySelector(".ocw-icon.ocw-bad")).not.toBeNull();
  });

  it.each([
    [{ exit: 1 }, true],
    [{ timeout: true }, true],
    [{ exit: 0 }, false],
    [{ status: "running" }, false],
  ])("and a command that failed is no success (%o)", async (metadata, isBad) => {
    const line = await drawn(tool("bash", { state: "completed", finished: 1_100, metadata }));
    expect(line.querySelector(".ocw-tool-facts.ocw-bad") !== null).toBe(isBad);
  });
});
