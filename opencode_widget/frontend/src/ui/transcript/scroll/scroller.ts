/** Keeps a scrolled element at its end while the reader follows; otherwise keeps what the reader looks at in place. */
import { type Signal, signal } from "@preact/signals";
import type { MessageId } from "../../../protocol";
import { Anchor } from "./anchor";
import { AT_END, afterScroll, distance, type Following, type Metrics } from "./follow";
import type { RowLayout } from "./row_layout";

/** Marks an element whose content is larger than its view. */
const SCROLLS = "ocw-log-scrolls";
/** Pixels above a message that is scrolled to. */
const MARGIN = 24;

export class Scroller {
  readonly following: Signal<Following> = signal("following");
  #last: Metrics = { scrollTop: 0, scrollHeight: 0, clientHeight: 0, clientWidth: 0 };
  #hidden = false;
  /** Absent until the rows at the top of the view are drawn. */
  #anchor: Anchor | undefined;
  /** The first message at the last draw. */
  #first: MessageId | undefined;
  readonly #observer: ResizeObserver;
  readonly #onScroll = () => this.#scrolled();

  /** `content` is the only child of `element`, whose growth is observed; `rows` are in it. */
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

  /** Scrolls a message to the top of the view. */
  toRow(id: MessageId): void {
    this.following.value = "away";
    this.#anchor = undefined;
    this.rows.look({ id, above: -MARGIN });
    this.drawn();
  }

  /** Scrolls to a place that is in the page. */
  toRect(position: DOMRect): void {
    const view = this.element.getBoundingClientRect();
    if (position.top >= view.top + MARGIN && position.bottom <= view.bottom - MARGIN) return;
    if (this.element.scrollHeight > this.element.clientHeight) this.following.value = "away";
    this.element.scrollTop += position.top - view.top - view.height / 3;
  }

  /**
   * Scrolls by a share of the view's height, as PageUp and PageDown do, but without an animation that could be
   * interrupted.
   */
  page(share: number): void {
    this.element.scrollTop += share * this.element.clientHeight;
  }

  toStart(): void {
    this.element.scrollTop = 0;
  }

  /** Measures a row while it is drawn; its height is kept afterwards. */
  watch(row: Element): () => void {
    this.#observer.observe(row);
    return () => this.#observer.unobserve(row);
  }

  /** Corrects the scroll position after other rows were drawn. */
  drawn(): void {
    const first = this.rows.first;
    const before = this.#first;
    this.#first = first;
    if (this.following.peek() === "following") {
      // The rows replace something that could scroll, too: the browser moves the view, which is not the reader's doing.
      if (before === undefined) this.#toBottom();
      return this.#look();
    }
    if (!this.#anchor?.row) return this.#toPosition();
    // Corrected at once, as the reader may scroll before the next frame. Other changes can wait for the browser's own
    // anchoring.
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
    const { scrollTop, scrollHeight, clientHeight, clientWidth } = this.element;
    return { scrollTop, scrollHeight, clientHeight, clientWidth };
  }

  #toBottom(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.#last = this.#measure();
  }

  #scrolled(): void {
    const now = this.#measure();
    if (this.#hidden || now.clientHeight === 0) return; // A hidden view reports scrolls that are not the reader's.
    this.following.value = afterScroll(this.following.peek(), this.#last, now);
    this.#last = now;
    this.#takeAnchor();
    this.#look();
  }

  #resized(entries: ResizeObserverEntry[]): void {
    const hidden = this.element.clientHeight === 0;
    // An element that was removed from the page and returns starts at its top.
    if (this.#hidden && !hidden) this.element.scrollTop = this.#last.scrollTop;
    this.#hidden = hidden;
    if (hidden) return;
    this.element.classList.toggle(SCROLLS, this.element.scrollHeight > this.element.clientHeight);
    for (const { target, borderBoxSize } of entries) this.#measured(target as HTMLElement, borderBoxSize);
    if (this.following.peek() === "following") this.#toBottom();
    else if (distance(this.#measure()) <= AT_END) this.following.value = "following";
    else this.#hold();
    // Deferred: what this call draws would be measured only in the next frame, and browsers report that as an error.
    requestAnimationFrame(() => this.#look());
  }

  /** A row without width is not in the page, or in a hidden part of it. */
  #measured(target: HTMLElement, [size]: readonly ResizeObserverSize[]): void {
    if (target.dataset.row === undefined || !size || size.inlineSize === 0) return;
    this.rows.measured(target.dataset.row, size.blockSize);
  }

  #takeAnchor(): void {
    const { list } = this.rows;
    this.#anchor = list && this.following.peek() === "away" ? new Anchor(this.element, list) : undefined;
  }

  /** Tells the rows where the reader is. */
  #look(): void {
    const { list } = this.rows;
    const { scrollTop, clientHeight } = this.element;
    if (!list || !this.element.isConnected) return;
    const following = this.following.peek() === "following";
    this.rows.look(following ? "end" : this.rows.positionAt(scrollTop - list.offsetTop), clientHeight);
  }
}
