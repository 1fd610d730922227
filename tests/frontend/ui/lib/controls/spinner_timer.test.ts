// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { turn } from "../../../../../opencode_widget/frontend/src/ui/lib/controls/spinner_timer";
import { Stage, sessionOf, settle } from "../../harness";

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

  it("go a step each eighth of a second, all by one timer, which ends with the last", () => {
    const one = mark();
    const slow = mark();
    const ends = [turn(one, 45), turn(slow, 15)];
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(125);
    const first = one.style.transform;
    vi.advanceTimersByTime(125);
    expect(first).toMatch(/^rotate\(\d+deg\)$/);
    expect(one.style.transform).not.toBe(first);
    expect(slow.style.transform).toMatch(/^rotate\(\d+deg\)$/);
    ends[0]?.();
    expect(vi.getTimerCount()).toBe(1);
    const last = one.style.transform;
    vi.advanceTimersByTime(1_000);
    expect(one.style.transform).toBe(last);
    ends[1]?.();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stand still for who wants no motion, from the moment on at which that is said", () => {
    const one = mark();
    const end = turn(one, 45);
    vi.advanceTimersByTime(125);
    expect(one.style.transform).not.toBe("");
    still = true;
    vi.advanceTimersByTime(125);
    expect(one.style.transform).toBe("");
    end();
  });
});

describe("A session at work", () => {
  it("turns its mark until it rests", async () => {
    const stage = new Stage({ sessions: [sessionOf({ status: "busy" })] });
    await settle();
    const spinner = () => stage.el.querySelector<HTMLElement>('[role="tablist"] .ocw-spinner');
    await vi.waitFor(() => expect(spinner()?.style.transform).toMatch(/^rotate/));
    stage.frame({ op: "session", instance: "i", session: sessionOf({ status: "idle" }) });
    await settle();
    expect(spinner()).toBeNull();
    stage.end();
  });
});
