/** A block is cut after this many lines, or after the line in which it reaches `LONGEST` characters. */
const LINES = 200;
const SIZE = 20_000;
/** A longer line is cut too: a browser takes seconds to lay out a very long one. */
const LONGEST = 40_000;

/** Cuts growing text into blocks, so that the browser lays out only the last block again. Pure. */
export class Cutter {
  #lines = 0;
  #size = 0;

  /**
   * Yields the next pieces of the text, and whether a block ends after each. The cuts depend on the whole text alone,
   * not on how it arrived.
   */
  *cut(text: string): Generator<readonly [piece: string, ends: boolean]> {
    let from = 0;
    let at = 0;
    while (at < text.length) {
      const end = text.indexOf("\n", at);
      const stop = end < 0 ? text.length : end + 1;
      const room = LONGEST - this.#size;
      if (stop - from > room) {
        at = from + room - (isSplit(text, from + room) ? 1 : 0);
        yield [text.slice(from, at), true];
        from = at;
        this.reset();
        continue;
      }
      at = stop;
      if (end < 0) break;
      this.#lines += 1;
      if (this.#lines < LINES && this.#size + at - from < SIZE) continue;
      yield [text.slice(from, at), true];
      from = at;
      this.reset();
    }
    this.#size += text.length - from;
    if (from < text.length) yield [text.slice(from), false];
  }

  reset(): void {
    this.#lines = 0;
    this.#size = 0;
  }
}

/** True if a cut here would split a surrogate pair. */
function isSplit(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}
