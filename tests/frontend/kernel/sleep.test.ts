import { describe, expect, it } from "vitest";
import { watchSleep } from "../../../opencode_widget/frontend/src/kernel/sleep";

/** A computer whose clock goes on while its timers rest. */
class Computer {
  time = 1_000_000;
  visible = true;
  woken = 0;
  #look: (() => void) | undefined;
  readonly stop = watchSleep(
    () => this.visible,
    () => {
      this.woken += 1;
    },
    {
      now: () => this.time,
      setInterval: (task) => {
        this.#look = task;
        return 1;
      },
      clearInterval: () => {
        this.#look = undefined;
      },
    },
  );

  get isWatched(): boolean {
    return this.#look !== undefined;
  }

  /** The timer fires after this time. */
  passBy(milliseconds: number): void {
    this.time += milliseconds;
    this.#look?.();
  }
}

describe("A computer that slept", () => {
  it("is noticed once, when its timers go on", () => {
    const computer = new Computer();
    for (let times = 0; times < 10; times += 1) computer.passBy(2_000);
    expect(computer.woken).toBe(0);
    computer.passBy(600_000);
    expect(computer.woken).toBe(1);
    for (let times = 0; times < 10; times += 1) computer.passBy(2_000);
    expect(computer.woken).toBe(1);
  });

  it("is not one that was slow for some seconds", () => {
    const computer = new Computer();
    for (let times = 0; times < 10; times += 1) computer.passBy(7_000);
    expect(computer.woken).toBe(0);
  });

  it("is not a browser tab that was hidden, whose timers the browser holds up", () => {
    const computer = new Computer();
    computer.visible = false;
    for (let times = 0; times < 10; times += 1) computer.passBy(60_000);
    computer.visible = true;
    computer.passBy(60_000);
    expect(computer.woken).toBe(0);
    computer.passBy(60_000);
    expect(computer.woken).toBe(1);
  });

  it("is not watched for after the end", () => {
    const computer = new Computer();
    computer.stop();
    expect(computer.isWatched).toBe(false);
  });
});
