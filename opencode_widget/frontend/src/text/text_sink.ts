import { Cutter } from "./cutter";

/** Plain text that may grow without bound; appending costs what is appended. */
export class TextSink {
  readonly #cutter = new Cutter();
  #last: Text | undefined;

  constructor(readonly element: HTMLElement) {}

  append(text: string): void {
    for (const [piece, ends] of this.#cutter.cut(text)) {
      this.#write(piece);
      if (ends) this.#last = undefined;
    }
  }

  /** Starts a new node for later text and leaves the existing text alone. */
  clear(): void {
    this.element.replaceChildren();
    this.#last = undefined;
    this.#cutter.reset();
  }

  #write(text: string): void {
    if (this.#last) return this.#last.appendData(text);
    const chunk = document.createElement("span");
    chunk.className = "ocw-chunk";
    this.#last = document.createTextNode(text);
    chunk.append(this.#last);
    this.element.append(chunk);
  }
}
