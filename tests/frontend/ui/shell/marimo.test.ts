// @vitest-environment jsdom
/** In marimo, what the user selects is also saved as a trait, because marimo then runs the cells that depend on it. */
import { afterEach, describe, expect, it } from "vitest";
import type { Command, Instance } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Reply, sessionOf, settle, WidgetHarness } from "../harness";

const MARIMO = "marimo-anywidget";
const sessions = [sessionOf(), sessionOf({ id: "t", title: "Write the docs" })];

let harness: WidgetHarness;

afterEach(() => harness.end());

/** The frame with a command's effect comes before its reply. */
function selects(session: string): Reply {
  frameWith({ activeSession: session });
  return { ok: true, result: { session } };
}

function frameWith(change: Partial<Instance>): void {
  const { agents: _, models: __, commands: ___, ...head } = instanceOf(change);
  harness.frame({ op: "instance", instance: head, after: null });
}

/** As a kernel: a command that names a session selects it, and a new one is "n". */
function kernel({ name, args }: Command): Reply | undefined {
  if (name === "select_session") return selects((args as { session: string }).session);
  if (name === "new_session") return selects("n");
  if (name === "fork_session") return selects("f");
  return undefined;
}

async function show(shadow: string | boolean, script = kernel): Promise<void> {
  harness = new WidgetHarness({ sessions, shadow, script });
  await settle();
}

describe("In marimo", () => {
  it("a selection is saved once, whatever the user does to select", async () => {
    await show(MARIMO);
    expect(harness.saved).toEqual([]);
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Fork");
    expect(harness.saved).toEqual([{ active_session: "f" }]);
    await harness.click("tab", "Write the docs");
    await harness.click("button", "New session");
    expect(harness.saved.slice(1)).toEqual([{ active_session: "t" }]);
    await harness.type("Begin");
    await harness.press("Enter");
    expect(harness.saved.slice(2)).toEqual([{ active_session: "n" }]);
  });

  it("what Python selects is not saved: a cell that selects would run itself again, for ever", async () => {
    await show(MARIMO);
    frameWith({ activeSession: "t" });
    await settle();
    expect(harness.saved).toEqual([]);
  });

  it("a selection that the kernel refuses, or that changes nothing, is not saved", async () => {
    await show(MARIMO, ({ name }) =>
      name === "select_session" ? { ok: false, problem: { name: "NotFound", message: "No." } } : undefined,
    );
    await harness.click("tab", "Write the docs");
    await harness.click("tab", "Fix the parser");
    expect(harness.saved).toEqual([]);
  });

  it("the last of several selections is saved when it is confirmed, and none before", async () => {
    await show(MARIMO);
    harness.get("tab", "Write the docs").click();
    harness.get("tab", "Fix the parser").click();
    harness.get("tab", "Write the docs").click();
    await settle();
    expect(harness.saved).toEqual([{ active_session: "t" }]);
  });
});

describe("Elsewhere", () => {
  it.each([
    ["the document", false],
    ["another shadow root", true],
  ])("nothing is saved: %s", async (_, shadow) => {
    await show(shadow);
    await harness.click("tab", "Write the docs");
    expect(harness.saved).toEqual([]);
  });
});
