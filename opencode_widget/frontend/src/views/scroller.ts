/** Keeps a scrolled element at its end while the reader follows, and otherwise leaves it alone. */
import { type Signal, signal } from "@preact/signals";
import { AT_END, afterScroll, distance, type Following, type Metrics } from "./follow";

export class Scroller {
  readonly following: Signal<Following> = signal("following");
  #last: Metrics = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
  #hidden = false;
  readonly #observer: ResizeObserver;
  readonly #onScroll = () => this.#scrolled();

  /** `content` is the one child of `element`, whose growth is watched. */
  constructor(
    readonly element: HTMLElement,
    readonly content: HTMLElement,
  ) {
    this.#observer = new ResizeObserver(() => this.#resized());
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
    this.element.scrollTop = this.element.scrollHeight;
    this.#last = this.#measure();
  }

  /** The place of `anchor` on the screen, kept over a change above it: call the result when the change is made. */
  hold(anchor: Element | null): () => void {
    const before = anchor?.getBoundingClientRect().top ?? 0;
    return () => {
      if (!anchor?.isConnected) return;
      this.element.scrollTop += anchor.getBoundingClientRect().top - before;
      this.#last = this.#measure();
    };
  }

  #measure(): Metrics {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return { scrollTop, scrollHeight, clientHeight };
  }

  #scrolled(): void {
    const now = this.#measure();
    if (this.#hidden || now.clientHeight === 0) return; // The view is hidden: nothing that it reports was the reader.
    this.following.value = afterScroll(this.following.peek(), this.#last, now);
    this.#last = now;
  }

  #resized(): void {
    const hidden = this.element.clientHeight === 0;
    // An element that was taken out of the page comes back at its top.
    if (this.#hidden && !hidden) this.element.scrollTop = this.#last.scrollTop;
    this.#hidden = hidden;
    if (hidden) return;
    if (this.following.peek() === "following") this.toEnd();
    else if (distance(this.#measure()) <= AT_END) this.following.value = "following";
  }
}
