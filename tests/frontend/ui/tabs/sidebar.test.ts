// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessionRows } from "../../../../opencode_widget/frontend/src/store/session_tree";
import { boundedWidth, remembered, sidebar } from "../../../../opencode_widget/frontend/src/ui/state/options/sidebar";
import { inOrder } from "../../../../opencode_widget/frontend/src/ui/tabs/calm_order";
import { sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness | undefined;

beforeEach(() => {
  localStorage.clear();
  sidebar.value = { folded: false };
});

afterEach(() => {
  harness?.end();
  harness = undefined;
});

const SESSIONS = [
  sessionOf({ id: "s", title: "Old", updated: 1 }),
  sessionOf({ id: "t", title: "New", updated: 2 }),
  sessionOf({ id: "c", title: "Look", updated: 9, parent: "s" }),
];

async function set(): Promise<WidgetHarness> {
  harness = new WidgetHarness({ sessions: SESSIONS });
  await settle();
  return harness;
}

const titles = (all: WidgetHarness) =>
  all.all("tab", "").map((tab) => tab.querySelector(".ocw-tab-title")?.textContent);
const list = (all: WidgetHarness) => all.el.querySelector<HTMLElement>(".ocw-sessions") as HTMLElement;

describe("The list of sessions", () => {
  it("folds and unfolds, keeps its names, and is remembered", async () => {
    const harness = await set();
    await harness.click("button", "Hide session list");
    expect(list(harness).classList).toContain("ocw-folded");
    expect(titles(harness)).toContain("Old");
    expect(remembered()).toEqual({ folded: true });
    await harness.click("button", "Show session list");
    expect(list(harness).classList).not.toContain("ocw-folded");
  });

  it("gets wider and narrower by the keyboard, and folds below its least width", async () => {
    const harness = await set();
    const edge = harness.get("separator", "Width of the session list");
    edge.focus();
    await harness.press("ArrowRight");
    expect(sidebar.value).toEqual({ width: 252, folded: false });
    for (let press = 0; press < 4; press += 1) await harness.press("ArrowLeft");
    expect(sidebar.value).toEqual({ width: 180, folded: false });
    await harness.press("ArrowLeft");
    expect(sidebar.value.folded).toBe(true);
    await harness.press("ArrowRight");
    expect(sidebar.value).toEqual({ width: 180, folded: false });
    await harness.press("Enter");
    expect(sidebar.value.folded).toBe(true);
  });

  it.each([
    ["nothing", null, { folded: false }],
    ["another value", "7", { folded: false }],
    ["null", "null", { folded: false }],
    ["what is no JSON", "{", { folded: false }],
    ["a width out of bounds", '{"width": 9000}', { folded: false, width: 360 }],
    ["a width that is no number", '{"width": "200", "folded": "yes"}', { folded: false }],
  ])("reads %s as remembered", (_, kept, expected) => {
    if (kept !== null) localStorage.setItem("opencode-widget:sidebar", kept);
    expect(remembered()).toEqual(expected);
  });

  it("has bounds for its width", () => {
    expect([10, 200.4, 999].map(boundedWidth)).toEqual([180, 200, 360]);
  });
});

describe("The order of the list", () => {
  const rows = (...updated: Array<[string, number, string?]>) =>
    sessionRows(updated.map(([id, at, parent]) => sessionOf({ id, updated: at, ...(parent ? { parent } : {}) })));
  const ids = (all: ReturnType<typeof rows>) => all.map(({ session }) => session.id);

  it("stays while a session is used, with its sub-agents, and takes in what is new and what goes", () => {
    const before = ids(rows(["a", 3], ["b", 2], ["b1", 2, "b"], ["c", 1]));
    expect(before).toEqual(["a", "b", "b1", "c"]);
    const used = rows(["a", 3], ["b", 9], ["b1", 2, "b"], ["b2", 9, "b"], ["d", 8]);
    expect(ids(used)).toEqual(["b", "b1", "b2", "d", "a"]);
    expect(ids(inOrder(used, before))).toEqual(["a", "d", "b", "b1", "b2"]);
    expect(ids(inOrder(used, []))).toEqual(ids(used));
    expect(inOrder([], before)).toEqual([]);
  });

  it("does not change under the pointer", async () => {
    const harness = await set();
    const enter = (type: string) => list(harness).dispatchEvent(new Event(type));
    expect(titles(harness).filter((each) => each !== "shop")).toEqual(["New", "Old", "Look"]);
    enter("pointerenter");
    await settle();
    harness.frame({ op: "session", instance: "i", session: sessionOf({ id: "s", title: "Old", updated: 10 }) });
    await settle();
    expect(titles(harness).filter((each) => each !== "shop")).toEqual(["New", "Old", "Look"]);
    enter("pointerleave");
    await settle();
    expect(titles(harness).filter((each) => each !== "shop")).toEqual(["Old", "Look", "New"]);
  });
});
