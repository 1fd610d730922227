// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Request } from "../../../../../opencode_widget/frontend/src/protocol";
import { type Scene, sessionOf, settle, WidgetHarness } from "../../harness";

class FakeNotification {
  static permission = "default";
  static readonly shown: Array<{ title: string; body?: string; onclick?: () => void }> = [];
  static requestPermission = async () => {
    FakeNotification.permission = "granted";
    return "granted";
  };
  onclick?: () => void;
  constructor(
    readonly title: string,
    readonly options: { body?: string },
  ) {
    FakeNotification.shown.push(this as never);
  }
  close() {}
}

const request: Request = {
  kind: "permission",
  id: "per_1",
  session: "s",
  title: "Run",
  permission: "bash",
  patterns: ["ls"],
  always: [],
  metadata: {},
};
const busy = sessionOf({ status: "busy" });
const LATER = 1_300;

describe("While nobody looks", () => {
  let harness: WidgetHarness;
  let visibility: DocumentVisibilityState = "visible";
  const set = async (scene: Scene = {}) => {
    harness = new WidgetHarness({ sessions: [busy], ...scene });
    vi.stubGlobal("Notification", FakeNotification);
    await settle();
  };
  const look = async (state: DocumentVisibilityState) => {
    visibility = state;
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
  };
  const pass = () => new Promise((resolve) => setTimeout(resolve, LATER));
  const end = async () => {
    harness.frame({ op: "session", instance: "i", session: sessionOf() });
    await pass();
    await settle();
  };
  const begin = async () => {
    harness.frame({ op: "session", instance: "i", session: busy });
    await settle();
  };
  beforeEach(() => {
    visibility = "visible";
    document.title = "Notebook";
    localStorage.clear();
    FakeNotification.permission = "default";
    FakeNotification.shown.length = 0;
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
  });
  afterEach(() => harness.end());

  it("the title is marked until somebody looks, and the widget asks once", async () => {
    await set();
    await look("hidden");
    await end();
    expect(document.title).toBe("● Notebook");
    expect(FakeNotification.shown).toEqual([]);
    await look("visible");
    expect(document.title).toBe("Notebook");
    await harness.click("button", "Notify me");
    expect(harness.all("button", "Notify me")).toEqual([]);
    await look("hidden");
    await begin();
    await end();
    expect(FakeNotification.shown.map(({ title }) => title)).toEqual(["Fix the parser"]);
    FakeNotification.shown[0]?.onclick?.();
    await settle();
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "s" }]);
  });

  it("a request is told, unless it is answered at once", async () => {
    await set({ traits: { notify: "on" }, sessions: [sessionOf()] });
    FakeNotification.permission = "granted";
    await look("hidden");
    harness.frame({ op: "request", instance: "i", request });
    harness.frame({ op: "request-", instance: "i", id: "per_1" });
    await pass();
    expect(FakeNotification.shown).toEqual([]);
    harness.frame({ op: "request", instance: "i", request: { ...request, id: "per_2" } });
    await pass();
    expect(FakeNotification.shown.length).toBe(1);
  });

  it("a refusal holds for good, and nothing is told to who looks", async () => {
    await set();
    await end();
    expect([document.title, harness.all("button", "Notify me").length]).toEqual(["Notebook", 0]);
    await begin();
    await look("hidden");
    await end();
    await harness.click("button", "Never");
    await look("visible");
    harness.end();
    await set();
    await look("hidden");
    await end();
    expect([document.title, harness.all("button", "Notify me").length]).toEqual(["Notebook", 0]);
  });

  it("the choice stands in the list of shortcuts and in the menu, and says what the host bars", async () => {
    await set();
    vi.stubGlobal("Notification", undefined);
    const openMenu = async () => {
      const tab = harness.el.querySelector('[aria-label="Instances"] [role="tab"]');
      tab?.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
      await settle();
    };
    await openMenu();
    await harness.click("menuitem", "Notify me when I'm looking elsewhere");
    await openMenu();
    await harness.click("menuitem", "Keyboard shortcuts");
    const panel = harness.get("dialog", "Keyboard shortcuts");
    expect(panel.textContent).toContain(
      "The browser shows no notifications of this page; its title is marked instead.",
    );
    expect(panel.textContent).toContain("With a sound (this host has none)");
  });
});
