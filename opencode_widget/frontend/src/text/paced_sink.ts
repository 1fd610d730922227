/** Takes growing text: `TextSink`, `AnsiSink`. */
export interface Sink {
  append: (text: string) => void;
  clear: () => void;
}

/** A longer text is written in pieces of this length. */
const PIECE = 10_000;
/** Milliseconds of work after which the page gets a turn. */
const TURN = 30;

/** Writes a long text to `sink` in turns, so that the page stays responsive. */
export class PacedSink implements Sink {
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly sink: Sink) {}

  append(text: string): void {
    if (this.#timer === undefined && text.length <= PIECE) return this.sink.append(text);
    for (let at = 0; at < text.length; ) {
      const piece = pieceAt(text, at);
      this.#waiting.push(piece);
      at += piece.length;
    }
    if (this.#timer === undefined) this.#write();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.sink.clear();
  }

  #write(): void {
    this.#timer = undefined;
    const until = performance.now() + TURN;
    const pieces = this.#waiting;
    let next = 0;
    while (next < pieces.length && performance.now() <= until) this.sink.append(pieces[next++] ?? "");
    this.#waiting = pieces.slice(next);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#write());
  }
}

/** The next piece; it never splits a surrogate pair. */
function pieceAt(text: string, at: number): string {
  const next = text.charCodeAt(at + PIECE);
  return text.slice(at, at + PIECE - (next >= 0xdc00 && next <= 0xdfff ? 1 : 0));
}
