// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../../../../opencode_widget/frontend/src/protocol";
import { type Scene, sessionOf, settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness | undefined;

afterEach(() => {
  harness?.end();
  harness = undefined;
});

const patch = (name: string) => `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old of ${name}\n+new of ${name}\n`;
const SESSION = [
  { file: "src/a.py", status: "modified", additions: 1, deletions: 1, patch: patch("src/a.py") },
  { file: "src/b.py", status: "added", additions: 1, deletions: 1, patch: patch("src/b.py") },
  { file: "logo.png", status: "modified", additions: 0, deletions: 0 },
];

const head = (id: string, role: "user" | "assistant") => ({ id, role, state: "complete", created: 0 }) as const;
const MESSAGES = [
  { head: head("u1", "user"), parts: [] },
  { head: head("a1", "assistant"), parts: [{ id: "t", kind: "text", text: "Done.", type: "text" }] },
  { head: head("u2", "user"), parts: [] },
  { head: head("a2", "assistant"), parts: [{ id: "t2", kind: "text", text: "Done.", type: "text" }] },
] as unknown as Message[];

async function open(scene: Scene = {}): Promise<WidgetHarness> {
  harness = new WidgetHarness({
    sessions: [sessionOf({ changed: { files: 3, additions: 2, deletions: 2 } })],
    messages: MESSAGES,
    script: ({ name, args }) =>
      name === "diff"
        ? { ok: true, result: { files: "message" in args && args.message ? SESSION.slice(0, 1) : SESSION } }
        : undefined,
    ...scene,
  });
  await settle();
  return harness;
}

const words = () => harness?.get("dialog", "Changes").textContent ?? "";

describe("The review of changes", () => {
  it("is one click away, and shows the first file of the tree", async () => {
    const harness = await open();
    await harness.click("button", "Review changes");
    expect(words()).toContain("3 files");
    expect(words()).toContain("new of src/a.py");
    expect(harness.sent("diff")).toEqual([{ instance: "i", session: "s" }]);
  });

  it("goes from file to file in the order of the tree, and no further", async () => {
    const harness = await open();
    await harness.click("button", "Review changes");
    expect(harness.get("button", "Previous file").getAttribute("aria-disabled")).toBe("true");
    await harness.click("button", "Next file");
    expect(words()).toContain("new of src/b.py");
    await harness.click("button", "Next file");
    expect(words()).toContain("The server sent no diff of this file.");
    expect(harness.get("button", "Next file").getAttribute("aria-disabled")).toBe("true");
    await harness.click("button", "Previous file");
    expect(words()).toContain("2 of 3");
  });

  it("filters files by their path", async () => {
    const harness = await open();
    await harness.click("button", "Review changes");
    const field = harness.el.querySelector("[aria-label='Filter files']") as HTMLInputElement;
    field.value = "B.PY";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect(words()).toContain("new of src/b.py");
    expect(words()).toContain("1 of 1");
    field.value = "none";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect(words()).toContain("No file matches.");
  });

  it("shows one turn's changes", async () => {
    const harness = await open();
    await harness.click("button", "Review changes");
    const scope = harness.el.querySelector("[aria-label='Changes of']") as HTMLSelectElement;
    scope.value = "u2";
    scope.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(harness.sent("diff").at(-1)).toEqual({ instance: "i", session: "s", message: "u2" });
    expect(words()).toContain("1 of 1");
  });

  it("is offered where a tool changed a file, though the server counts none", async () => {
    const tool = {
      id: "w",
      kind: "tool",
      type: "tool",
      tool: "write",
      state: "completed",
      input: { filePath: "/p/a.py" },
    };
    const message = { head: head("a3", "assistant"), parts: [tool] } as unknown as Message;
    const harness = await open({ sessions: [sessionOf()], messages: [...MESSAGES, message] });
    await harness.click("button", "Review changes");
    expect(words()).toContain("3 files");
  });

  it("is not offered where nothing changed", async () => {
    const harness = await open({ sessions: [sessionOf()] });
    expect(harness.all("button", "Review changes")).toEqual([]);
  });

  it("says why the server's list failed, and asks again", async () => {
    let count = 0;
    const problem = { name: "RequestFailed", message: "The server is busy." };
    const harness = await open({
      script: ({ name }) => {
        if (name !== "diff") return undefined;
        count += 1;
        return count === 1 ? { ok: false, problem } : { ok: true, result: { files: [] } };
      },
    });
    await harness.click("button", "Review changes");
    expect(words()).toContain("The server is busy.");
    await harness.click("button", "Try again");
    expect(words()).toContain("No files changed.");
  });
});
