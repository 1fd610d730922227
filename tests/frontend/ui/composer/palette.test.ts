// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

const COMMANDS = [{ name: "review", description: "Review a branch", source: "command", hints: [] }] as never;

async function open(scene: Scene = {}): Promise<void> {
  const features = instanceOf().features.concat("shell" as never);
  harness = new WidgetHarness({ instance: instanceOf({ commands: COMMANDS, features }), ...scene });
  await settle();
  harness.get("textbox", "Prompt").focus();
  await pressMod("k");
}

async function pressMod(key: string, more: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", {
    key,
    ctrlKey: true,
    bubbles: true,
    cancelable: true,
    composed: true,
    ...more,
  });
  harness.focused()?.dispatchEvent(event);
  await settle();
  return event;
}

const isOpen = () => harness.all("dialog", "Commands").length > 0;
const options = () => harness.all("option", "");
const labels = () => options().map((each) => each.querySelector(".ocw-option-label")?.textContent);
const active = () => options().find((each) => each.getAttribute("aria-selected") === "true");

describe("The command palette", () => {
  it("opens with Ctrl+K from anywhere in the widget, and closes with it or Escape", async () => {
    await open();
    expect(isOpen()).toBe(true);
    expect(harness.focused()).toBe(harness.get("textbox", "Search commands"));
    await pressMod("k");
    expect(isOpen()).toBe(false);
    expect(harness.focused()).toBe(harness.get("textbox", "Prompt"));
    harness.get("log", "").focus();
    await pressMod("k", { ctrlKey: false, metaKey: true });
    expect(isOpen()).toBe(true);
    await harness.press("Escape");
    expect(isOpen()).toBe(false);
    expect(harness.focused()).toBe(harness.get("log", ""));
  });

  it("leaves other combinations to the host", async () => {
    await open();
    await harness.press("Escape");
    for (const more of [{ shiftKey: true }, { altKey: true }, { metaKey: true }]) await pressMod("k", more);
    expect(isOpen()).toBe(false);
  });

  it("lists every act, with its key", async () => {
    await open({ sessions: [sessionOf({ status: "busy" }), sessionOf({ id: "t", title: "Other" })] });
    const found = labels();
    for (const act of [
      "New session",
      "All sessions",
      "Stop the agent",
      "Search conversation",
      "Session info",
      "Choose a model",
      "Run a shell command",
      "Undo the last prompt",
      "Rename",
      "Delete…",
      "/review",
      "Server…",
      "Keyboard shortcuts",
      "Other",
    ]) {
      expect(found, act).toContain(act);
    }
    const keysOf = (label: string) =>
      options()
        .find((each) => each.querySelector(".ocw-option-label")?.textContent === label)
        ?.querySelector("kbd")?.textContent;
    expect(keysOf("Search conversation")).toBe("Ctrl+F");
    expect(keysOf("Keyboard shortcuts")).toBe("?");
    expect(keysOf("Stop the agent")).toBe("Escape twice");
  });

  it("finds by letters, and does the act after it has closed", async () => {
    await open();
    await harness.type("allses");
    expect(labels()[0]).toBe("All sessions");
    await harness.press("Enter");
    expect(isOpen()).toBe(false);
    expect(harness.all("dialog", "All sessions")).toHaveLength(1);
  });

  it("is walked by the arrows, around its ends", async () => {
    await open();
    const all = options();
    expect(active()).toBe(all[0]);
    await harness.press("ArrowUp");
    expect(active()).toBe(all.at(-1));
    await harness.press("ArrowDown");
    await harness.press("ArrowDown");
    expect(active()).toBe(all[1]);
    expect(harness.focused()?.getAttribute("aria-activedescendant")).toBe(all[1]?.id);
  });

  it("says where nothing matches, and does nothing then", async () => {
    await open();
    await harness.type("zzzz");
    expect(labels()).toEqual([]);
    expect(harness.get("dialog", "Commands").textContent).toContain("No matches");
    await harness.press("Enter");
    expect(isOpen()).toBe(true);
  });

  it("does not do what is not possible now, and says why", async () => {
    await open({ sessions: [sessionOf({ status: "busy" })] });
    await harness.type("compact");
    expect(active()?.textContent).toContain("Stop the agent first");
    await harness.press("Enter");
    expect(isOpen()).toBe(true);
    expect(harness.sent("compact")).toEqual([]);
  });

  it("puts a command of the server into the prompt, but over no text", async () => {
    await open();
    await harness.type("review");
    await harness.press("Enter");
    const prompt = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
    expect(prompt.value).toBe("/review ");
    expect(harness.focused()).toBe(prompt);
    await pressMod("k");
    await harness.type("review");
    await harness.press("Enter");
    expect(isOpen()).toBe(true);
  });

  it("goes to another session", async () => {
    await open({ sessions: [sessionOf(), sessionOf({ id: "t", title: "Zebra crossing" })] });
    await harness.type("zebra");
    await harness.press("Enter");
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "t" }]);
  });
});
