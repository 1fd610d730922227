/** The line that closes what `marker` (a run of backticks or tildes) opened. */
export function closingLine(marker: string): RegExp {
  return new RegExp(`^ {0,3}${marker}${marker[0]}* *$`);
}

/** Reads the inside of fenced code as it comes, at a cost of what comes. Pure. */
export class FenceReader {
  readonly #closing: RegExp;
  /** The line so far, while it may still be the closing one. */
  #held = "";
  #inLine = false;

  constructor(marker: string) {
    this.#closing = closingLine(marker);
  }

  /** The code in `text`; `rest` is what stands behind the closing line, where that came. */
  feed(text: string): { code: string; rest?: string } {
    let code = "";
    let from = 0;
    while (from < text.length) {
      const end = text.indexOf("\n", from);
      const line = this.#held + (end < 0 ? text.slice(from) : text.slice(from, end));
      if (end < 0) return { code: code + this.#partOfLine(line) };
      if (!this.#inLine && this.#closing.test(line)) return { code, rest: text.slice(end) };
      code += `${line}\n`;
      this.#held = "";
      this.#inLine = false;
      from = end + 1;
    }
    return { code };
  }

  /** No more comes: the line that was held back is code, unless it closes. */
  finish(): string {
    return this.#closing.test(this.#held) ? "" : this.#held;
  }

  #partOfLine(line: string): string {
    this.#held = "";
    if (!this.#inLine && /^ {0,3}[`~]* *$/.test(line)) {
      this.#held = line;
      return "";
    }
    this.#inLine = true;
    return line;
  }
}
