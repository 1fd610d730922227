// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../../harness";

let harness: WidgetHarness;

async function set(the: Scene = {}): Promise<void> {
  harness = new WidgetHarness(the);
  await settle();
}

const items = () => harness.all("menuitem", "").map((item) => item.textContent);
const focused = () => document.activeElement?.textContent;

afterEach(() => harness.end());

describe("The menu of a session", () => {
  it("offers what the server supports, and no more", async () => {
    await set({ instance: instanceOf({ features: ["rename"] }) });
    await harness.click("button", "Session actions");
    expect(items()).toEqual([
      "Rename",
      "Allow everything in this session",
      "Export as Markdown",
      "Export as JSON",
      "Export as notebook",
      "Copy session ID",
    ]);
  });

  it("is operated by keyboard, and returns the focus", async () => {
    await set();
    harness.get("button", "Session actions").focus();
    await harness.press("ArrowDown");
    expect(focused()).toBe("Rename");
    await harness.press("ArrowUp");
    expect(focused()).toBe("Delete…");
    await harness.press("f");
    expect(focused()).toBe("Fork");
    await harness.press("Escape");
    expect(items()).toEqual([]);
    expect(document.activeElement).toBe(harness.get("button", "Session actions"));
  });

  it("closes by a click elsewhere", async () => {
    await set();
    await harness.click("button", "Session actions");
    document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    await settle();
    expect(items()).toEqual([]);
  });

  it("does not compact while the agent is at work, and gives the reason", async () => {
    await set({ sessions: [sessionOf({ status: "busy" })] });
    await harness.click("button", "Session actions");
    expect(harness.get("menuitem", "Compact").title).toContain("Stop the agent");
    await harness.click("menuitem", "Compact");
    expect(harness.sent("compact")).toEqual([]);
  });

  it("shows a fork that was made", async () => {
    await set({ script: ({ name }) => (name === "fork_session" ? { ok: true, result: { session: "f" } } : undefined) });
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Fork");
    expect(harness.sent("fork_session")).toEqual([{ instance: "i", session: "s" }]);
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "f" }]);
  });

  it("opens beside a tab with the right button too", async () => {
    await set();
    harness
      .get("tab", "Fix the parser")
      .dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    await settle();
    expect(items()).toContain("Rename");
    await harness.click("menuitem", "Rename");
    expect((document.activeElement as HTMLInputElement).value).toBe("Fix the parser");
  });
});

describe("Renaming", () => {
  async function rename(): Promise<void> {
    await set();
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Rename");
  }

  it("goes with Enter", async () => {
    await rename();
    await harness.type(" Better ");
    await harness.press("Enter");
    expect(harness.sent("rename_session")).toEqual([{ instance: "i", session: "s", title: "Better" }]);
    expect(harness.all("textbox", "Session title")).toEqual([]);
  });

  it.each([
    ["Other", "Escape"],
    ["  ", "Enter"],
    ["Fix the parser", "Enter"],
  ])("to %j by %s changes nothing", async (title, key) => {
    await rename();
    await harness.type(title);
    await harness.press(key);
    expect(harness.sent("rename_session")).toEqual([]);
    expect(harness.all("textbox", "Session title")).toEqual([]);
  });
});

describe("Deleting", () => {
  it("asks first, with the title and what would be lost", async () => {
    await set({ sessions: [sessionOf(), sessionOf({ id: "c", title: "Look", parent: "s" })] });
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Delete");
    const dialog = harness.get("dialog", "Delete “Fix the parser”?");
    expect(dialog.textContent).toContain("those of its 1 subagent");
    await harness.click("button", "Cancel");
    expect(harness.all("dialog", "Delete")).toEqual([]);
    expect(harness.sent("delete_session")).toEqual([]);
  });

  it("is done when it is confirmed", async () => {
    await set();
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Delete");
    await harness.click("button", "Delete");
    expect(harness.sent("delete_session")).toEqual([{ instance: "i", session: "s" }]);
  });
});

describe("All sessions", () => {
  const sessions = [
    sessionOf(),
    sessionOf({ id: "c", title: "Look for callers", parent: "s", updated: 9 }),
    sessionOf({ id: "n", title: "Newer", updated: 5 }),
    sessionOf({ id: "a", title: "Old", archived: 3 }),
  ];
  const rows = () =>
    Array.from(harness.el.querySelectorAll(".ocw-found .ocw-row .ocw-tab-title"), (each) => each.textContent);

  async function open(): Promise<void> {
    await set({ sessions });
    await harness.click("button", "All sessions");
  }

  it("lists the latest first, with counts of folded sub-agents, and the archived separately", async () => {
    await open();
    expect(rows()).toEqual(["Fix the parser", "Newer", "Old"]);
    expect(harness.el.querySelector(".ocw-archived .ocw-row")?.textContent).toContain("Old");
    await harness.click("button", "1 subagent");
    expect(rows()).toEqual(["Fix the parser", "Look for callers", "Newer", "Old"]);
  });

  it("finds sub-agents under their parents", async () => {
    await open();
    await harness.type("callers look");
    expect(rows()).toEqual(["Fix the parser", "Look for callers"]);
    await harness.type("nothing like it");
    expect(harness.el.textContent).toContain("No matching sessions");
  });

  it("draws a few of many at first", async () => {
    const many = Array.from({ length: 500 }, (_, index) => sessionOf({ id: `m${index}`, title: `Number ${index}` }));
    await set({ sessions: many });
    await harness.click("button", "All sessions");
    expect(rows().length).toBe(60);
  });

  it("keeps archived sessions out of the tabs", async () => {
    await open();
    expect(harness.all("tab", "Old")).toEqual([]);
  });
});
