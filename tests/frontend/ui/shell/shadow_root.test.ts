// @vitest-environment jsdom
/** Hosts draw a widget into the document or into a shadow root: menus, pickers, tabs, fields and keys work in both. */
import { afterEach, describe, expect, it } from "vitest";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;

const sessions = [sessionOf(), sessionOf({ id: "t", title: "Write the docs" })];
const models = ["one", "two"].map((id) => ({
  id: `p/${id}`,
  label: `Model ${id}`,
  name: `Model ${id}`,
  provider: "p",
}));

afterEach(() => harness.end());

describe.each([
  ["the document", false],
  ["a shadow root", true],
])("The widget in %s", (_, shadow) => {
  const show = async (scene: Scene = {}) => {
    harness = new WidgetHarness({ sessions, shadow, ...scene });
    await settle();
  };
  const focused = () => harness.focused()?.textContent;
  const menuItems = () => harness.all("menuitem", "");

  it("runs the menu item that the mouse presses", async () => {
    await show({
      script: ({ name }) => (name === "fork_session" ? { ok: true, result: { session: "t" } } : undefined),
    });
    await harness.clickByMouse("button", "Session actions");
    await harness.clickByMouse("menuitem", "Fork");
    expect(harness.sent("fork_session")).toHaveLength(1);
    expect(menuItems()).toEqual([]);
  });

  it("closes a menu by a press elsewhere in the widget, and by one in the host's page", async () => {
    await show();
    for (const elsewhere of [() => harness.get("log", "Conversation"), () => document.body]) {
      await harness.clickByMouse("button", "Session actions");
      expect(menuItems().length).toBeGreaterThan(0);
      elsewhere().dispatchEvent(new MouseEvent("pointerdown", { bubbles: true, composed: true }));
      await settle();
      expect(menuItems()).toEqual([]);
    }
  });

  it("moves through a menu with the arrow keys, one item a press", async () => {
    await show();
    await harness.click("button", "Session actions");
    const labels = menuItems().map((item) => item.textContent);
    for (const label of labels.slice(1)) {
      await harness.press("ArrowDown");
      expect(focused()).toBe(label);
    }
    await harness.press("ArrowUp");
    expect(focused()).toBe(labels.at(-2));
  });

  it("renames a session in the field, and returns the focus", async () => {
    await show();
    const button = harness.get("button", "Session actions");
    await harness.click("button", "Session actions");
    await harness.clickByMouse("menuitem", "Rename");
    expect(harness.focused()).toBe(harness.get("textbox", "Session title"));
    await harness.type("Another title");
    await harness.press("Enter");
    expect(harness.sent("rename_session")).toEqual([{ instance: "i", session: "s", title: "Another title" }]);
    expect(harness.focused()).toBe(button);
  });

  it("moves between session tabs with the arrow keys", async () => {
    await show();
    const [first, second] = harness.all("tab", "").filter((tab) => tab.closest('[aria-label="Sessions"]'));
    first?.focus();
    await harness.press("ArrowDown");
    expect(harness.focused()).toBe(second);
    await harness.press("ArrowDown");
    expect(harness.focused()).toBe(first);
  });

  it("chooses a model by mouse and by keyboard, and returns the focus", async () => {
    await show({ instance: instanceOf({ models: models as never }) });
    const button = harness.get("button", "Model:");
    await harness.click("button", "Model:");
    expect(harness.focused()).toBe(harness.get("combobox", "Search: model"));
    await harness.type("two");
    await harness.press("Enter");
    expect(harness.focused()).toBe(button);
    expect(harness.get("button", "Model:").textContent).toContain("Model two");
    await harness.click("button", "Model:");
    await harness.clickByMouse("option", "Model one");
    expect(harness.get("button", "Model:").textContent).toContain("Model one");
  });

  it("returns the focus when a panel closes", async () => {
    await show();
    const button = harness.get("button", "All sessions");
    await harness.click("button", "All sessions");
    expect(harness.focused()).not.toBe(button);
    await harness.press("Escape");
    expect(harness.focused()).toBe(button);
  });

  it("leaves the focus to the host's page when a list closes because the user went there", async () => {
    await show({ instance: instanceOf({ models: models as never }) });
    const cell = document.createElement("textarea");
    document.body.append(cell);
    await harness.click("button", "Model:");
    cell.focus();
    await settle();
    expect(harness.all("combobox", "")).toEqual([]);
    expect(document.activeElement).toBe(cell);
  });

  it("sends what is written into the prompt", async () => {
    await show();
    harness.get("textbox", "Prompt").focus();
    await harness.type("Fix the parser");
    await harness.press("Enter");
    expect(harness.sent("prompt")).toHaveLength(1);
  });
});
