/** The messages of a transcript as rows: their heights, the reader's position, and which rows are in the page. */
import { type Signal, signal } from "@preact/signals";
import type { MessageId } from "../../../protocol";
import type { MessageCell } from "../../../store/transcript";
import { estimateHeight } from "./estimate_height";
import { nextRange, type RowOrGap, type RowRange, rowAt, rowsAndGaps, type Span, tops } from "./visible_range";

/** The row at the top of the view, and how many of its pixels are above the view. */
interface ReaderPosition {
  id: MessageId;
  above: number;
}

/** Older messages are fetched when the reader is within this many pixels of the start. */
const NEAR_START = 1_500;
const USUAL_HEIGHT = 600;

export class RowLayout {
  /** Increments when other rows have to be drawn. */
  readonly redraws: Signal<number> = signal(0);
  /** True if the reader is near the first row. */
  readonly nearStart: Signal<boolean> = signal(false);
  /** The parent element of the rows. */
  list: HTMLElement | null = null;
  #cells: MessageCell[] = [];
  #index = new Map<MessageId, number>();
  #heights = new Map<MessageId, number>();
  readonly #estimates = new WeakMap<MessageCell, number>();
  #tops: Float64Array = new Float64Array(1);
  #drawn: RowRange | undefined;
  #draws: (cell: MessageCell) => boolean = () => true;
  #at: ReaderPosition | "end" = "end";
  #viewHeight = USUAL_HEIGHT;

  get position(): ReaderPosition | "end" {
    return this.#at;
  }

  get first(): MessageId | undefined {
    return this.#cells[0]?.id;
  }

  /** The rows and gaps to draw. Those that `draws` denies have no height of their own, until they are measured. */
  draw(cells: MessageCell[], kept: Set<MessageId>, draws: (cell: MessageCell) => boolean = () => true): RowOrGap[] {
    this.#draws = draws;
    this.#setCells(cells);
    this.#drawn = nextRange(this.#tops, this.#view(), this.#drawn);
    const rows = [...kept].map((id) => this.#index.get(id)).filter((row) => row !== undefined);
    return rowsAndGaps(this.#tops, this.#drawn, new Set(rows));
  }

  /** Records a row's measured height; 0 is that of a row whose parts the row of an earlier message folds. */
  measured(id: MessageId, height: number): void {
    this.#heights.set(id, height);
  }

  /** Records the reader's position, in a view of this height. */
  look(at: ReaderPosition | "end", viewHeight = this.#viewHeight): void {
    if (viewHeight > 0) this.#viewHeight = viewHeight;
    this.#at = at;
    this.#stack();
    const view = this.#view();
    this.nearStart.value = view.top < NEAR_START && viewHeight > 0;
    if (this.#drawn !== nextRange(this.#tops, view, this.#drawn)) this.redraws.value += 1;
  }

  /** The position at this many pixels below the start of the list. */
  positionAt(y: number): ReaderPosition | "end" {
    this.#stack();
    const row = rowAt(this.#tops, y);
    const cell = this.#cells[row];
    return cell ? { id: cell.id, above: y - (this.#tops[row] ?? 0) } : "end";
  }

  element(id: MessageId): HTMLElement | null {
    return this.list?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null;
  }

  /** The elements of the rows that are in the page. */
  drawnElements(): HTMLElement[] {
    return Array.from(this.list?.querySelectorAll<HTMLElement>("[data-row]") ?? []);
  }

  #setCells(cells: MessageCell[]): void {
    if (cells !== this.#cells) {
      const [first, last] = this.#drawn ? [this.#cells[this.#drawn.from], this.#cells[this.#drawn.to - 1]] : [];
      this.#cells = cells;
      this.#index = new Map(cells.map((cell, row) => [cell.id, row]));
      this.#drawn = this.#rangeOf(first?.id, last?.id);
    }
    this.#stack();
  }

  #rangeOf(first: MessageId | undefined, last: MessageId | undefined): RowRange | undefined {
    const from = first === undefined ? undefined : this.#index.get(first);
    const to = last === undefined ? undefined : this.#index.get(last);
    return from === undefined || to === undefined || to < from ? undefined : { from, to: to + 1 };
  }

  #stack(): void {
    this.#tops = tops(this.#cells.length, (row) => this.#heightOf(this.#cells[row]));
  }

  #heightOf(cell: MessageCell | undefined): number {
    if (!cell) return 0;
    const known = this.#heights.get(cell.id) ?? this.#estimates.get(cell);
    if (known !== undefined) return known;
    if (!this.#draws(cell)) return 0;
    const height = estimateHeight(cell);
    this.#estimates.set(cell, height);
    return height;
  }

  #view(): Span {
    const end = this.#tops.at(-1) ?? 0;
    if (this.#at === "end") return { top: end - this.#viewHeight, bottom: end };
    const row = this.#index.get(this.#at.id);
    const top = row === undefined ? 0 : (this.#tops[row] ?? 0) + this.#at.above;
    return { top, bottom: top + this.#viewHeight };
  }
}
