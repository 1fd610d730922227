// @vitest-environment jsdom
import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HostDocument } from "../../../opencode_widget/frontend/src/kernel/host_document";
import type { LinkState } from "../../../opencode_widget/frontend/src/kernel/page_state";
import { TranscriptKeeper } from "../../../opencode_widget/frontend/src/kernel/transcript_keeper";
import type { Store } from "../../../opencode_widget/frontend/src/store/store";
import { hideTranscript } from "../../../opencode_widget/frontend/src/ui/shell/hide_transcript";

interface FakeCell {
  outputs: Array<{ data: Record<string, unknown> }>;
  metadata: Record<string, unknown>;
  source: string;
}

const version = (revision: number, id = "w1") =>
  `<div class="opencode-transcript opencode-of-${id} opencode-revision-${revision}">Said ${revision}</div>`;
const view = (id: string) => ({ data: { "application/vnd.jupyter.widget-view+json": { model_id: id } } });

/** The widget manager of JupyterLab, as far as it is used. */
class FakeLab {
  readonly slots = new Set<(sender: unknown, state: unknown) => void>();
  steps = 0;

  constructor(readonly cells: FakeCell[]) {}

  readonly context = {
    saveState: {
      connect: (slot: (sender: unknown, state: unknown) => void) => this.slots.add(slot),
      disconnect: (slot: (sender: unknown, state: unknown) => void) => this.slots.delete(slot),
    },
    model: {
      cells: (() => {
        const lab = this;
        return {
          get length() {
            return lab.cells.length;
          },
          get: (at: number) => lab.cell(at),
        };
      })(),
      sharedModel: {
        insertCells: (at: number, cells: Array<{ source: string; metadata: Record<string, unknown> }>) => {
          this.steps += 1;
          this.cells.splice(at, 0, ...cells.map((cell) => ({ ...cell, outputs: [] })));
        },
      },
    },
  };

  cell(at: number) {
    const { outputs, metadata } = this.cells[at] as FakeCell;
    return {
      getMetadata: (name: string) => metadata[name],
      outputs: {
        length: outputs.length,
        get: (index: number) => outputs[index],
        set: (index: number, output: { data: Record<string, unknown> }) => outputs.splice(index, 1, output),
      },
    };
  }

  save(): void {
    for (const slot of this.slots) slot(undefined, "started");
  }
}

const cell = (...outputs: FakeCell["outputs"]): FakeCell => ({ outputs, metadata: {}, source: "" });
const html = (text: string) => ({ data: { "text/html": text } });

describe("The saved transcript", () => {
  afterEach(() => vi.useRealTimers());

  function keeper(lab: FakeLab, latest: number) {
    vi.useFakeTimers();
    const load = vi.fn(async () => ({ "text/html": version(latest) }));
    return { load, keeper: new TranscriptKeeper(new HostDocument(lab, "w1"), load) };
  }

  it("is brought up to date when the document is saved, not before", async () => {
    const lab = new FakeLab([cell(html(version(9, "w2"))), cell(view("w1"), html(version(1)))]);
    const { keeper: kept, load } = keeper(lab, 2);
    kept.changed(2);
    lab.save();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(lab.cells[1]?.outputs[1]?.data["text/html"]).toBe(version(1));
    lab.save();
    expect(lab.cells[1]?.outputs[1]?.data["text/html"]).toBe(version(2));
    expect(lab.cells[0]?.outputs[0]?.data["text/html"]).toBe(version(9, "w2"));
    expect(load).toHaveBeenCalledTimes(1);
    kept.stop();
    expect(lab.slots.size).toBe(0);
  });

  it("is left alone where the kernel's update has arrived, and where there is none", async () => {
    for (const lab of [new FakeLab([cell(view("w1"), html(version(2)))]), new FakeLab([cell(view("w1"))]), undefined]) {
      vi.useFakeTimers();
      const load = vi.fn(async () => ({ "text/html": version(2) }));
      const kept = new TranscriptKeeper(new HostDocument(lab, "w1"), load);
      kept.changed(2);
      await vi.advanceTimersByTimeAsync(5_000);
      lab?.save();
      expect(load).not.toHaveBeenCalled();
      kept.stop();
    }
  });
});

describe("The transcript's output", () => {
  it("is hidden while a view is drawn, unless that shows what the notebook saved", () => {
    document.body.innerHTML = `${version(1)}${version(1, "w2")}`;
    const [own, other] = Array.from(document.querySelectorAll(".opencode-transcript"));
    const shown = (element: Element | undefined) => element && getComputedStyle(element).display !== "none";
    const linkState = signal<LinkState>("waiting");
    const store = { linkState } as unknown as Store;
    const ends = [hideTranscript("w1", store), hideTranscript("w1", store)];
    expect([shown(own), shown(other)]).toEqual([false, true]);
    ends[0]?.();
    expect(shown(own)).toBe(false);
    linkState.value = "saved";
    expect(document.head.querySelector("style")?.media).toBe("not all");
    ends[1]?.();
    expect(shown(own)).toBe(true);
    expect(document.head.querySelectorAll("style")).toHaveLength(0);
  });
});

describe("Cells from an answer", () => {
  it("stand below the widget's cell, in order, in one step, marked", () => {
    const lab = new FakeLab([cell(), cell(view("w1")), cell(html("after"))]);
    const host = new HostDocument(lab, "w1");
    expect(host.takesCells).toBe(true);
    expect(host.insert(["a = 1", "b = 2"], { session: "s" })).toBe(true);
    expect(lab.steps).toBe(1);
    expect(host.insert(["c = 3"], { session: "s" })).toBe(true);
    expect(lab.cells.map(({ source }) => source)).toEqual(["", "", "a = 1", "b = 2", "c = 3", ""]);
    expect(lab.cells[2]?.metadata).toEqual({ opencode: { session: "s" } });
  });

  it("are refused where the host has no such document, or does not show the widget", () => {
    expect(new HostDocument(undefined, "w1").takesCells).toBe(false);
    expect(new HostDocument({ context: {} }, "w1").insert(["a"], {})).toBe(false);
    expect(new HostDocument(new FakeLab([cell(view("w2"))]), "w1").insert(["a"], {})).toBe(false);
  });
});
