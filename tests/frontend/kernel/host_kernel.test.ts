import { describe, expect, it } from "vitest";
import { drawWaitingOutputs, isBusy, watchKernel } from "../../../opencode_widget/frontend/src/kernel/host_kernel";

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
  const kernel = { statusChanged: new Signal(), connectionStatusChanged: new Signal(), disposed: new Signal() };
  const happened: string[] = [];
  const stop = watchKernel(
    { kernel },
    {
      gone: () => happened.push("gone"),
      lost: () => happened.push("lost"),
      back: () => happened.push("back"),
    },
  );
  return { ...kernel, stop, happened };
}

describe("The kernel of the host", () => {
  it("is gone when it dies, is shut down or starts again", () => {
    for (const status of ["dead", "terminating", "restarting", "autorestarting"]) {
      const { statusChanged, happened } = host();
      statusChanged.emit(status);
      expect(happened, status).toEqual(["gone"]);
    }
    const { disposed, happened } = host();
    disposed.emit();
    expect(happened).toEqual(["gone"]);
  });

  it("is there while it starts, works, rests, or cannot be asked", () => {
    const { statusChanged, happened } = host();
    for (const status of ["unknown", "starting", "idle", "busy"]) statusChanged.emit(status);
    expect(happened).toEqual([]);
  });

  it("is watched no more after the end", () => {
    const { statusChanged, connectionStatusChanged, disposed, stop } = host();
    stop?.();
    for (const signal of [statusChanged, connectionStatusChanged, disposed]) expect(signal.slots.size).toBe(0);
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
    const nothing = { gone: () => undefined, lost: () => undefined, back: () => undefined };
    for (const manager of managers) expect(watchKernel(manager, nothing)).toBeUndefined();
  });

  it("is out of reach from the loss of the Jupyter server until it is reached again, once for each", () => {
    const { connectionStatusChanged, happened } = host();
    connectionStatusChanged.emit("connected"); // a page that is loaded connects
    for (const status of ["connecting", "connecting", "disconnected", "connecting", "connected", "connected"]) {
      connectionStatusChanged.emit(status);
    }
    expect(happened).toEqual(["lost", "back"]);
  });

  it("is watched where the host tells nothing of the connection", () => {
    const kernel = { statusChanged: new Signal(), disposed: new Signal() };
    const happened: string[] = [];
    const gone = () => happened.push("gone");
    watchKernel({ kernel }, { gone, lost: () => undefined, back: () => undefined });
    kernel.statusChanged.emit("dead");
    expect(happened).toEqual(["gone"]);
  });

  it("is busy only if the host says so", () => {
    expect(isBusy({ kernel: { status: "busy" } })).toBe(true);
    for (const manager of [undefined, null, {}, { kernel: null }, { kernel: { status: "idle" } }]) {
      expect(isBusy(manager)).toBe(false);
    }
  });
});

describe("Outputs that wait for their widgets", () => {
  it("are drawn while the host has not found all widgets, and never after that", () => {
    for (const [restoredStatus, times] of [
      [false, 1],
      [true, 0],
      [undefined, 0],
    ] as const) {
      const restored = new Signal();
      let drawn = 0;
      restored.connect(() => {
        drawn += 1;
      });
      drawWaitingOutputs({ restored, restoredStatus });
      expect(drawn).toBe(times);
    }
  });

  it("are nobody's business in other hosts", () => {
    for (const manager of [undefined, null, {}, { restoredStatus: false }, { restoredStatus: false, restored: {} }]) {
      expect(() => drawWaitingOutputs(manager)).not.toThrow();
    }
  });
});
