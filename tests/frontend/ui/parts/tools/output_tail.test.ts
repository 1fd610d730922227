// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { ToolPart } from "../../../../../opencode_widget/frontend/src/protocol";
import { settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join("");

async function show(output: string, more: Partial<ToolPart> = {}): Promise<void> {
  const part: ToolPart = { kind: "tool", id: "t", tool: "bash", state: "completed", input: {}, output, ...more };
  const head = { id: "m", role: "assistant", state: "complete", created: 0 } as const;
  harness = new WidgetHarness({ messages: [{ head, parts: [part] }] });
  await settle();
  const fold = harness.el.querySelector("[data-tool] details") as HTMLDetailsElement;
  fold.open = true;
  fold.dispatchEvent(new Event("toggle"));
  await settle();
}

const isFolded = () => harness.el.querySelector(".ocw-output-folded") !== null;
const words = () => harness.all("button", "Show all").map((each) => each.textContent);

describe("The output of a command", () => {
  it("shows its end, and the rest at a click", async () => {
    await show(lines(40));
    expect([isFolded(), words()]).toEqual([true, ["Show all 40 lines"]]);
    expect(harness.el.querySelector(".ocw-io-output")?.textContent).toContain("line 1\n");
    await harness.click("button", "Show all 40 lines");
    expect([isFolded(), words()]).toEqual([false, []]);
  });

  it("is whole if it is short", async () => {
    await show(lines(12));
    expect([isFolded(), words()]).toEqual([false, []]);
  });

  it("is long, too, if one line wraps many times", async () => {
    await show("x".repeat(5_000));
    expect([isFolded(), words()]).toEqual([true, ["Show all output"]]);
  });

  it("is as long as what is left of it, where it overwrites itself", async () => {
    await show(Array.from({ length: 1_000 }, (_, at) => `\r${at / 10} %`).join(""));
    expect([isFolded(), words()]).toEqual([false, []]);
  });

  it("is folded once it has grown", async () => {
    await show(lines(5), { state: "running" });
    expect(isFolded()).toBe(false);
    harness.frame({ op: "text", session: "s", message: "m", part: "t", field: "output", text: lines(20) });
    await settle();
    expect([isFolded(), words()]).toEqual([true, ["Show all output"]]);
  });
});
