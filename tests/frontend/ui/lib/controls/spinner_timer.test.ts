// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { spin } from "../../../../../opencode_widget/frontend/src/ui/lib/controls/spinner_timer";
import { sessionOf, settle, WidgetHarness } from "../../harness";

const mark = () => document.createElement("span");

describe("Marks that turn", () => {
  let still = false;
  beforeEach(() => {
    still = false;
    vi.useFakeTimers();
    vi.stubGlobal("matchMedia", () => ({ matches: still }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("move a step each eighth of a second, all by one timer, which ends with the last mark", () => {
    const spinner = mark();
    const slow = mark();
    const ends = [spin(spinner, 45), spin(slow, 15)];
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(125);
    const first = spinner.style.transform;
    vi.advanceTimersByTime(125);
    expect(first).toMatch(/^rotate\(\d+deg\)$/);
    expect(spinner.style.transform).not.toBe(first);
    expect(slow.style.transform).toMatch(/^rotate\(\d+deg\)$/);
    ends[0]?.();
    expect(vi.getTimerCount()).toBe(1);
    const last = spinner.style.transform;
    vi.advanceTimersByTime(1_000);
    expect(spinner.style.transform).toBe(last);
    ends[1]?.();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stand still for reduced motion, from the moment on at which it is set", () => {
    const spinner = mark();
    const end = spin(spinner, 45);
    vi.advanceTimersByTime(125);
    expect(spinner.style.transform).not.toBe("");
    still = true;
    vi.advanceTimersByTime(125);
    expect(spinner.style.transform).toBe("");
    end();
  });
});

describe("A session at work", () => {
  it("turns its mark until it rests", async () => {
    const harness = new WidgetHarness({ sessions: [sessionOf({ status: "busy" })] });
    await settle();
    const spinner = () => harness.el.querySelector<HTMLElement>('[role="tablist"] .ocw-spinner');
    await vi.waitFor(() => expect(spinner()?.style.transform).toMatch(/^rotate/));
    harness.frame({ op: "session", instance: "i", session: sessionOf({ status: "idle" }) });
    await settle();
    expect(spinner()).toBeNull();
    harness.end();
  });
});
