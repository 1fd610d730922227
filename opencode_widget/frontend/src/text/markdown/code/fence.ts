/** Matches the line that closes a fence opened by `marker` (a run of backticks or tildes). */
export function closingLine(marker: string): RegExp {
  return new RegExp(`^ {0,3}${marker}${marker[0]}* *$`);
}

/** How far a possible closing line has been read: before its markers, in them, after them. */
type Phase = "indent" | "markers" | "spaces" | "none";

/** Reads the content of fenced code as it streams, at a cost proportional to what arrives. Pure. */
export class FenceReader {
  readonly #closing: RegExp;
  /** The current line, while it may still be the closing one. */
  #lineSoFar: string[] = [];
  #phase: Phase = "indent";

  constructor(readonly marker: string) {
    this.#closing = closingLine(marker);
  }

  /** The code in `text`; `rest` is the text after the closing line, if that has arrived. */
  feed(text: string): { code: string; rest?: string } {
    const code: string[] = [];
    let from = 0;
    while (from < text.length) {
      const end = text.indexOf("\n", from);
      const part = end < 0 ? text.slice(from) : text.slice(from, end);
      const mayClose = this.#mayClose(part);
      this.#lineSoFar.push(part);
      if (end < 0 && mayClose) break;
      const line = this.#take();
      if (mayClose && this.#closing.test(line)) return { code: code.join(""), rest: text.slice(end) };
      code.push(line);
      if (end < 0) break;
      code.push("\n");
      this.#phase = "indent";
      from = end + 1;
    }
    return { code: code.join("") };
  }

  /** Ends the input: the buffered line is code, unless it closes the fence. */
  finish(): string {
    const line = this.#take();
    return this.#closing.test(line) ? "" : line;
  }

  #take(): string {
    const line = this.#lineSoFar.join("");
    this.#lineSoFar = [];
    return line;
  }

  /** True if the line, with `part` appended, may still be the closing one. */
  #mayClose(part: string): boolean {
    for (const sign of part) {
      if (this.#phase === "none") break;
      if (sign === this.marker[0]) this.#phase = this.#phase === "spaces" ? "none" : "markers";
      else if (sign !== " ") this.#phase = "none";
      else if (this.#phase === "markers") this.#phase = "spaces";
    }
    return this.#phase !== "none";
  }
}
