/** Keeps a scrolled element at its end while the reader follows, and what the reader looks at in its place otherwise. */
import { type Signal, signal } from "@preact/signals";
import type { MessageId } from "../../../protocol";
import { Anchor } from "./anchor";
import { AT_END, afterScroll, distance, type Following, type Metrics } from "./follow";
import type { RowLayout } from "./row_layout";

/** Pixels above a message that was looked for. */
const MARGIN = 24;

export class Scroller {
  readonly following: Signal<Following> = signal("following");
  #last: Metrics = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
  #hidden = false;
  /** Absent where the rows at the top of the view are still to be drawn. */
  #anchor: Anchor | undefined;
  /** The first message, when rows were drawn last. */
  #first: MessageId | undefined;
  readonly #observer: ResizeObserver;
  readonly #onScroll = () => this.#scrolled();

  /** `content` is the one child of `element`, whose growth is watched; `rows` stand in it. */
  constructor(
    readonly element: HTMLElement,
    readonly content: HTMLElement,
    readonly rows: RowLayout,
  ) {
    this.#observer = new ResizeObserver((entries) => this.#resized(entries));
    this.#observer.observe(element);
    this.#observer.observe(content);
    element.addEventListener("scroll", this.#onScroll, { passive: true });
    this.toEnd();
  }

  dispose(): void {
    this.#observer.disconnect();
    this.element.removeEventListener("scroll", this.#onScroll);
  }

  toEnd(): void {
    this.following.value = "following";
    this.#anchor = undefined;
    this.#toBottom();
    this.#look();
  }

  /** Brings a message to the top of the view. */
  toRow(id: MessageId): void {
    this.following.value = "away";
    this.#anchor = undefined;
    this.rows.look({ id, above: -MARGIN });
    this.drawn();
  }

  /** Brings a place that is on the page into the view. */
  toRect(position: DOMRect): void {
    const view = this.element.getBoundingClientRect();
    if (position.top >= view.top + MARGIN && position.bottom <= view.bottom - MARGIN) return;
    this.following.value = "away";
    this.element.scrollTop += position.top - view.top - view.height / 3;
  }

  /** By a share of the view's height: what PageUp and PageDown do; at once, so that nothing interrupts it. */
  page(share: number): void {
    this.element.scrollTop += share * this.element.clientHeight;
  }

  toStart(): void {
    this.element.scrollTop = 0;
  }

  /** A row's height is kept, also when it is drawn no more. */
  watch(row: Element): () => void {
    this.#observer.observe(row);
    return () => this.#observer.unobserve(row);
  }

  /** Other rows were drawn: is the reader where they should be? */
  drawn(): void {
    const first = this.rows.first;
    const before = this.#first;
    this.#first = first;
    if (this.following.peek() === "following") return this.#look();
    if (!this.#anchor?.row) return this.#toPosition();
    // At once: the reader may scroll on before the next frame. Other changes can wait for the browser's own anchoring.
    if (first !== before) this.#hold();
  }

  #toPosition(): void {
    const position = this.rows.position;
    const row = position === "end" ? null : this.rows.element(position.id);
    if (position === "end" || !row) return;
    const top = row.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    this.element.scrollTop += top + position.above;
    this.#takeAnchor();
    this.#last = this.#measure();
  }

  #hold(): void {
    if (!this.#anchor?.hold()) return;
    this.#takeAnchor();
    this.#last = this.#measure();
  }

  #measure(): Metrics {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return { scrollTop, scrollHeight, clientHeight };
  }

  #toBottom(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.#last = this.#measure();
  }

  #scrolled(): void {
    const now = this.#measure();
    if (this.#hidden || now.clientHeight === 0) return; // The view is hidden: nothing that it reports was the reader.
    this.following.value = afterScroll(this.following.peek(), this.#last, now);
    this.#last = now;
    this.#takeAnchor();
    this.#look();
  }

  #resized(entries: ResizeObserverEntry[]): void {
    const hidden = this.element.clientHeight === 0;
    // An element that was taken out of the page comes back at its top.
    if (this.#hidden && !hidden) this.element.scrollTop = this.#last.scrollTop;
    this.#hidden = hidden;
    if (hidden) return;
    for (const { target, borderBoxSize } of entries) this.#measured(target as HTMLElement, borderBoxSize);
    if (this.following.peek() === "following") this.#toBottom();
    else if (distance(this.#measure()) <= AT_END) this.following.value = "following";
    else this.#hold();
    // Not now: what is drawn within this call would be measured in the next frame only, and browsers complain of that.
    requestAnimationFrame(() => this.#look());
  }

  #measured(target: HTMLElement, size: readonly ResizeObserverSize[]): void {
    if (target.dataset.row !== undefined) this.rows.measured(target.dataset.row, size[0]?.blockSize ?? 0);
  }

  #takeAnchor(): void {
    const { list } = this.rows;
    this.#anchor = list && this.following.peek() === "away" ? new Anchor(this.element, list) : undefined;
  }

  /** Tells the rows what is looked at. */
  #look(): void {
    const { list } = this.rows;
    const { scrollTop, clientHeight } = this.element;
    if (!list || !this.element.isConnected) return;
    const following = this.following.peek() === "following";
    this.rows.look(following ? "end" : this.rows.positionAt(scrollTop - list.offsetTop), clientHeight);
  }
}
