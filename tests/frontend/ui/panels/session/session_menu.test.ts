// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import { instanceOf, type Scene, Stage, sessionOf, settle } from "../../harness";

let stage: Stage;

async function set(the: Scene = {}): Promise<void> {
  stage = new Stage(the);
  await settle();
}

const items = () => stage.all("menuitem", "").map((item) => item.textContent);
const focused = () => document.activeElement?.textContent;

afterEach(() => stage.end());

describe("The menu of a session", () => {
  it("offers what the server can do, and no more", async () => {
    await set({ instance: instanceOf({ features: ["rename"] }) });
    await stage.click("button", "Session actions");
    expect(items()).toEqual([
      "Rename",
      "Export as Markdown",
      "Export as JSON",
      "Export as notebook",
      "Copy session ID",
    ]);
  });

  it("is walked through by keyboard, and gives the focus back", async () => {
    await set();
    stage.get("button", "Session actions").focus();
    await stage.press("ArrowDown");
    expect(focused()).toBe("Rename");
    await stage.press("ArrowUp");
    expect(focused()).toBe("Delete…");
    await stage.press("f");
    expect(focused()).toBe("Fork");
    await stage.press("Escape");
    expect(items()).toEqual([]);
    expect(document.activeElement).toBe(stage.get("button", "Session actions"));
  });

  it("closes by a click elsewhere", async () => {
    await set();
    await stage.click("button", "Session actions");
    document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    await settle();
    expect(items()).toEqual([]);
  });

  it("does not compact while the agent is at work, and says why", async () => {
    await set({ sessions: [sessionOf({ status: "busy" })] });
    await stage.click("button", "Session actions");
    expect(stage.get("menuitem", "Compact").title).toContain("at work");
    await stage.click("menuitem", "Compact");
    expect(stage.sent("compact")).toEqual([]);
  });

  it("shows a fork that was made", async () => {
    await set({ script: ({ name }) => (name === "fork_session" ? { ok: true, result: { session: "f" } } : undefined) });
    await stage.click("button", "Session actions");
    await stage.click("menuitem", "Fork");
    expect(stage.sent("fork_session")).toEqual([{ instance: "i", session: "s" }]);
    expect(stage.sent("select_session")).toEqual([{ instance: "i", session: "f" }]);
  });

  it("opens beside a tab with the right button too", async () => {
    await set();
    stage
      .get("tab", "Fix the parser")
      .dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    await settle();
    expect(items()).toContain("Rename");
    await stage.click("menuitem", "Rename");
    expect((document.activeElement as HTMLInputElement).value).toBe("Fix the parser");
  });
});

describe("Renaming", () => {
  async function rename(): Promise<void> {
    await set();
    await stage.click("button", "Session actions");
    await stage.click("menuitem", "Rename");
  }

  it("goes with Enter", async () => {
    await rename();
    await stage.type(" Better ");
    await stage.press("Enter");
    expect(stage.sent("rename_session")).toEqual([{ instance: "i", session: "s", title: "Better" }]);
    expect(stage.all("textbox", "Session title")).toEqual([]);
  });

  it.each([
    ["Other", "Escape"],
    ["  ", "Enter"],
    ["Fix the parser", "Enter"],
  ])("to %j by %s changes nothing", async (title, key) => {
    await rename();
    await stage.type(title);
    await stage.press(key);
    expect(stage.sent("rename_session")).toEqual([]);
    expect(stage.all("textbox", "Session title")).toEqual([]);
  });
});

describe("Deleting", () => {
  it("asks first, with the name and what is lost", async () => {
    await set({ sessions: [sessionOf(), sessionOf({ id: "c", title: "Look", parent: "s" })] });
    await stage.click("button", "Session actions");
    await stage.click("menuitem", "Delete");
    const dialog = stage.get("dialog", "Delete “Fix the parser”?");
    expect(dialog.textContent).toContain("those of its 1 sub-agent");
    await stage.click("button", "Cancel");
    expect(stage.all("dialog", "Delete")).toEqual([]);
    expect(stage.sent("delete_session")).toEqual([]);
  });

  it("is done when it is confirmed", async () => {
    await set();
    await stage.click("button", "Session actions");
    await stage.click("menuitem", "Delete");
    await stage.click("button", "Delete");
    expect(stage.sent("delete_session")).toEqual([{ instance: "i", session: "s" }]);
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
    Array.from(stage.el.querySelectorAll(".ocw-found .ocw-row .ocw-tab-title"), (each) => each.textContent);

  async function open(): Promise<void> {
    await set({ sessions });
    await stage.click("button", "All sessions");
  }

  it("has the latest first, counted with its folded sub-agents, and the archived apart", async () => {
    await open();
    expect(rows()).toEqual(["Fix the parser", "Newer", "Old"]);
    expect(stage.el.querySelector(".ocw-archived .ocw-row")?.textContent).toContain("Old");
    await stage.click("button", "1 sub-agent");
    expect(rows()).toEqual(["Fix the parser", "Look for callers", "Newer", "Old"]);
  });

  it("finds sub-agents under who started them", async () => {
    await open();
    await stage.type("callers look");
    expect(rows()).toEqual(["Fix the parser", "Look for callers"]);
    await stage.type("nothing like it");
    expect(stage.el.textContent).toContain("No session has these words");
  });

  it("draws a few of many at first", async () => {
    const many = Array.from({ length: 500 }, (_, index) => sessionOf({ id: `m${index}`, title: `Number ${index}` }));
    await set({ sessions: many });
    await stage.click("button", "All sessions");
    expect(rows().length).toBe(60);
  });

  it("keeps archived sessions out of the tabs", async () => {
    await open();
    expect(stage.all("tab", "Old")).toEqual([]);
  });
});
