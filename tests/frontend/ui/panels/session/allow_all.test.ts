// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Request } from "../../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../../harness";

const permission = (change: object = {}): Request => ({
  kind: "permission",
  id: "per_1",
  session: "child",
  title: "Run",
  permission: "bash",
  patterns: ["ls"],
  always: [],
  metadata: {},
  ...change,
});
const parent = sessionOf();
const child = sessionOf({ id: "child", parent: "s", title: "Look around" });
const where = { instance: "i", session: "s" };

describe("Everything in a session", () => {
  let harness: WidgetHarness;
  const set = async (scene: Scene) => {
    harness = new WidgetHarness({ sessions: [parent, child], ...scene });
    await settle();
  };
  afterEach(() => harness.end());
  const label = "Allow everything in this session";

  it("is allowed from a request, for the user's session, although a sub-agent asks", async () => {
    await set({ requests: [permission()] });
    await harness.click("button", label);
    expect(harness.sent("allow_all")).toEqual([{ ...where, allowed: true }]);
  });

  it("is marked in the head and at the composer, also of a sub-agent, and ends in one click", async () => {
    await set({ sessions: [{ ...parent, allowsAll: true }, child], instance: instanceOf({ activeSession: "child" }) });
    expect(harness.el.querySelector(".ocw-head")?.textContent).toContain("Everything allowed");
    expect(harness.get("region", "Everything is allowed").textContent).toContain("without asking");
    await harness.click("button", "Ask again");
    expect(harness.sent("allow_all")).toEqual([{ ...where, allowed: false }]);
    harness.frame({ op: "session", instance: "i", session: parent });
    await settle();
    expect(harness.all("region", "Everything is allowed")).toEqual([]);
    expect(harness.el.textContent).not.toContain("Everything allowed");
  });

  it("is allowed and ended in the menu of the session", async () => {
    await set({});
    await harness.click("button", "Session actions");
    await harness.click("menuitem", label);
    harness.frame({ op: "session", instance: "i", session: { ...parent, allowsAll: true } });
    await settle();
    await harness.click("button", "Session actions");
    await harness.click("menuitem", "Ask for permissions again");
    expect(harness.sent("allow_all")).toEqual([
      { ...where, allowed: true },
      { ...where, allowed: false },
    ]);
  });

  it("is no choice of a visitor's, nor before all of the request was seen", async () => {
    await set({ requests: [permission()], instance: instanceOf({ restricted: true }) });
    expect(harness.all("button", label)).toEqual([]);
    await harness.click("button", "Session actions");
    expect(harness.all("menuitem", label)).toEqual([]);
    harness.end();
    const diff = `--- a.py\n+++ a.py\n@@ -0,0 +1,400 @@\n${"+x = 1\n".repeat(400)}`;
    await set({ requests: [permission({ permission: "edit", session: "s", metadata: { diff } })] });
    await harness.click("button", label);
    expect(harness.sent("allow_all")).toEqual([]);
  });
});
