// @vitest-environment jsdom
/** A widget that no kernel answers: in a saved or exported notebook, or while a cell keeps the kernel busy. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Traits } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;

const traits = (state: "connected" | "connecting"): Partial<Traits> =>
  ({
    tabs: [{ ...instanceOf({ connection: { state } }), sessions: [sessionOf({ status: "busy" })] }],
    active_instance: "i",
    active_session: "s",
  }) as Partial<Traits>;

async function show(scene: { traits?: Partial<Traits> }): Promise<void> {
  harness = new WidgetHarness({ silent: true, ...scene });
  await settle();
}

async function wait(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await settle();
}

const text = () => harness.el.textContent ?? "";
const isUnconfirmed = () => harness.el.querySelector(".ocw-app")?.classList.contains("ocw-unconfirmed");

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1 });
});

afterEach(() => {
  harness.end();
  vi.useRealTimers();
});

describe("A widget that no kernel answers", () => {
  it.each(["connected", "connecting"] as const)("does not claim the saved state %s", async (state) => {
    await show({ traits: traits(state) });
    for (const passed of [0, 6_000]) {
      await wait(passed);
      expect(harness.all("status", "Connect")).toEqual([]);
      expect(isUnconfirmed()).toBe(true);
    }
  });

  it("tells that this was saved, and how to use it", async () => {
    await show({ traits: traits("connected") });
    expect(text()).not.toContain("saved");
    await wait(6_000);
    expect(harness.get("alert", "").textContent).toContain("this is the saved state; run the cell to use it");
    expect(harness.get("log", "Conversation").textContent).toContain("not in the notebook");
    expect(harness.get("tab", "shop").textContent).toContain("shop");
  });

  it("shows what the kernel sends by traits although it does not hear the page", async () => {
    await show({});
    expect(text()).toContain("Waiting for the kernel");
    await harness.changeTraits(traits("connecting"));
    expect(harness.get("tab", "shop").textContent).toContain("shop");
  });

  it("goes on as usual when the kernel answers", async () => {
    await show({ traits: traits("connecting") });
    await wait(6_000);
    harness.set.silent = false;
    await wait(2_100);
    expect(harness.all("alert", "")).toEqual([]);
    expect(harness.all("status", "Connected")).toHaveLength(1);
    expect(isUnconfirmed()).toBe(false);
  });
});
