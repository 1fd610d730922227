/**
 * The notebook itself, which the widget manager of JupyterLab and Notebook 7 has. anywidget documents no way
 * to it (https://anywidget.dev), so each piece is looked for, and other hosts do without.
 */
import { type HostSignal, isSignal } from "./host_kernel";

/** An output of a cell, as the notebook keeps it. */
export interface DisplayData {
  output_type: "display_data";
  data: Record<string, string>;
  metadata: Record<string, unknown>;
}

interface Output {
  readonly data?: Record<string, unknown>;
}

interface Outputs {
  readonly length: number;
  get(index: number): Output;
  set(index: number, output: DisplayData): void;
}

interface Cells {
  readonly length: number;
  get(index: number): { readonly outputs?: Outputs; getMetadata?(name: string): unknown };
}

interface SharedNotebook {
  insertCells?(index: number, cells: NewCell[]): void;
  transact?(change: () => void): void;
  readonly undoManager?: { stopCapturing?(): void };
}

interface NotebookContext {
  readonly model?: { readonly cells?: Cells; readonly sharedModel?: SharedNotebook };
  readonly saveState?: HostSignal;
}

interface NewCell {
  cell_type: "code";
  source: string;
  metadata: Record<string, unknown>;
}

/** The mark of a cell that came from an answer, in the cell's metadata. */
const MARK = "opencode";

/** Where an output stands. */
interface Place {
  outputs: Outputs;
  index: number;
  html: string;
}

/** The notebook that shows a widget. `outputId`: the widget's, by which its outputs are found. */
export class HostDocument {
  readonly #context: NotebookContext;

  constructor(
    manager: unknown,
    readonly outputId: string,
  ) {
    this.#context = (manager as { context?: NotebookContext } | undefined)?.context ?? {};
  }

  // ---- the transcript ----

  /** True if the notebook has a version of the transcript, and another one than this. */
  isOutdated(revision: number): boolean {
    const place = this.#transcript();
    return place !== undefined && !place.html.includes(revisionClass(revision));
  }

  /** Puts a version of the transcript into the place of the one that the notebook has. */
  update(data: Record<string, string>): void {
    const place = this.#transcript();
    place?.outputs.set(place.index, { output_type: "display_data", data, metadata: {} });
  }

  /** Calls a function whenever the notebook is about to be saved; the result ends that. */
  beforeSave(call: () => void): () => void {
    const { saveState } = this.#context;
    if (!isSignal(saveState)) return () => undefined;
    const slot = (_: unknown, state: unknown) => {
      if (state === "started") call();
    };
    saveState.connect(slot);
    return () => saveState.disconnect(slot);
  }

  #transcript(): Place | undefined {
    for (const { outputs } of this.#cells()) {
      for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
        const html = outputs?.get(index).data?.["text/html"];
        if (outputs && typeof html === "string" && html.includes(transcriptClass(this.outputId))) {
          return { outputs, index, html };
        }
      }
    }
    return undefined;
  }

  // ---- cells ----

  /** True if cells can be put below the widget's. */
  get takesCells(): boolean {
    const { sharedModel, cells } = this.#context.model ?? {};
    return typeof sharedModel?.insertCells === "function" && typeof cells?.get === "function";
  }

  /** Puts code cells below the widget's cell, and below those put there before, in one step that can be undone. */
  insert(sources: string[], origin: Record<string, string>): boolean {
    const shared = this.#context.model?.sharedModel;
    const at = this.#below();
    if (!this.takesCells || at === undefined) return false;
    const cells = sources.map((source): NewCell => ({ cell_type: "code", source, metadata: { [MARK]: origin } }));
    // What is typed right before or after would be undone in the same step.
    shared?.undoManager?.stopCapturing?.();
    shared?.insertCells?.(at, cells);
    shared?.undoManager?.stopCapturing?.();
    return true;
  }

  #below(): number | undefined {
    const cells = [...this.#cells()];
    const own = cells.findIndex(({ outputs }) => this.#drawsWidget(outputs));
    if (own < 0) return undefined;
    let at = own + 1;
    while (cells[at]?.getMetadata?.(MARK) !== undefined) at += 1;
    return at;
  }

  #drawsWidget(outputs: Outputs | undefined): boolean {
    for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
      const view = outputs?.get(index).data?.[WIDGET] as { model_id?: unknown } | undefined;
      if (view?.model_id === this.outputId) return true;
    }
    return false;
  }

  *#cells() {
    const cells = this.#context.model?.cells;
    for (let index = 0; index < (cells?.length ?? 0); index += 1) {
      const cell = cells?.get(index);
      if (cell) yield cell;
    }
  }
}

const WIDGET = "application/vnd.jupyter.widget-view+json";

/** The class of the transcript's output. */
export function transcriptClass(outputId: string): string {
  return `opencode-of-${outputId}`;
}

function revisionClass(revision: number): string {
  return `opencode-revision-${revision}"`;
}
