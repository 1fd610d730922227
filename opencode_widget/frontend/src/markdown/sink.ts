const LINES = 200;

/**
 * Plain text that may grow without bound. It is cut into blocks of lines, so that appending costs what is appended, and the
 * browser lays out only the last block again. Where the cuts are depends on the text alone.
 */
export class TextSink {
  #lines = 0;
  #last: Text | undefined;

  constructor(readonly element: HTMLElement) {}

  append(text: string): void {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#lines += 1;
      if (this.#lines < LINES) continue;
      this.#write(text.slice(from, at + 1));
      from = at + 1;
      this.#last = undefined;
      this.#lines = 0;
    }
    if (from < text.length) this.#write(from === 0 ? text : text.slice(from));
  }

  /** Later text goes into a node of its own; what stands is left alone. */
  clear(): void {
    this.element.replaceChildren();
    this.#last = undefined;
    this.#lines = 0;
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
