import { describe, expect, it } from "vitest";
import { watchKernel } from "../../../opencode_widget/frontend/src/kernel/host_kernel";

type Slot = (sender: unknown, value: unknown) => void;

/** A signal as Lumino has it. */
class Signal {
  readonly slots = new Set<Slot>();
  connect(slot: Slot) {
    this.slots.add(slot);
  }
  disconnect(slot: Slot) {
    this.slots.delete(slot);
  }
  emit(value?: unknown) {
    for (const slot of this.slots) slot(this, value);
  }
}

function host() {
  const kernel = { statusChanged: new Signal(), disposed: new Signal() };
  let ends = 0;
  const stop = watchKernel({ kernel }, () => {
    ends += 1;
  });
  return { ...kernel, stop, ends: () => ends };
}

describe("The kernel of the host", () => {
  it("is gone when it dies, is shut down or starts again", () => {
    for (const status of ["dead", "terminating", "restarting", "autorestarting"]) {
      const { statusChanged, ends } = host();
      statusChanged.emit(status);
      expect(ends(), status).toBe(1);
    }
    const { disposed, ends } = host();
    disposed.emit();
    expect(ends()).toBe(1);
  });

  it("is there while it starts, works, rests, or cannot be asked", () => {
    const { statusChanged, ends } = host();
    for (const status of ["unknown", "starting", "idle", "busy"]) statusChanged.emit(status);
    expect(ends()).toBe(0);
  });

  it("is watched no more after the end", () => {
    const { statusChanged, disposed, stop } = host();
    stop?.();
    expect(statusChanged.slots.size + disposed.slots.size).toBe(0);
  });

  it("is not watched where the host tells nothing of it", () => {
    const managers = [
      undefined,
      null,
      {},
      { kernel: null },
      { kernel: {} },
      { kernel: { statusChanged: 1, disposed: 2 } },
    ];
    for (const manager of managers) expect(watchKernel(manager, () => undefined)).toBeUndefined();
  });
});
