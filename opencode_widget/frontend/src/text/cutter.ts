/** A block has so many lines, and is cut behind the line with which it has so many characters. */
const LINES = 200;
const SIZE = 20_000;
/** A line without an end is cut within: a browser lays out a very long one for seconds. */
const LONGEST = 40_000;

/** Cuts text that may grow without bound into blocks, so that the browser lays out only the last one again. Pure. */
export class Cutter {
  #lines = 0;
  #size = 0;

  /** The next pieces of the text, and whether a block ends with each. Where the cuts are depends on the whole text alone. */
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

/** Would a cut here go through a character? */
function isSplit(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}
