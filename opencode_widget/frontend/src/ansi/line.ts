/** The line that a terminal writes: what stands in it can be written over. Pure. */
import type { Style } from "./style";

export interface Run {
  text: string;
  style: Style;
}

interface Cell {
  char: string;
  style: Style;
}

export class Line {
  #runs: Run[] = [];
  /** Where the next character goes, in characters; at the end of what stands. */
  #at: number | "end" = "end";

  get runs(): readonly Run[] {
    return this.#runs;
  }

  get atEnd(): boolean {
    return this.#at === "end";
  }

  get length(): number {
    return this.#runs.reduce((sum, run) => sum + run.text.length, 0);
  }

  clear(): void {
    this.#runs = [];
    this.#at = "end";
  }

  append(text: string, style: Style): void {
    const last = this.#runs.at(-1);
    if (last?.style === style) last.text += text;
    else if (text !== "") this.#runs.push({ text, style });
  }

  /** Writes over what stands where the cursor is. */
  overwrite(text: string, style: Style): void {
    const cells = this.#cells();
    const fresh = Array.from(text, (char) => ({ char, style }));
    const at = this.#at === "end" ? cells.length : this.#at;
    cells.splice(at, fresh.length, ...fresh);
    this.#take(cells, at + fresh.length);
  }

  /** Moves the cursor to a column, counted from 0; not beyond what stands. */
  moveTo(column: number): void {
    this.#settle(this.#cells().length, column);
  }

  moveBy(columns: number): void {
    const { length } = this.#cells();
    this.#settle(length, (this.#at === "end" ? length : this.#at) + columns);
  }

  /** 0: from the cursor to the end; 1: from the beginning to the cursor; 2: all. */
  erase(what: number): void {
    if (what === 2) return this.clear();
    const cells = this.#cells();
    const at = this.#at === "end" ? cells.length : this.#at;
    if (what === 0) return this.#take(cells.slice(0, at), at);
    this.#take(
      cells.map((cell, index) => (index <= at ? { ...cell, char: " " } : cell)),
      at,
    );
  }

  #settle(length: number, column: number): void {
    this.#at = column >= length ? "end" : Math.max(0, column);
  }

  #cells(): Cell[] {
    return this.#runs.flatMap(({ text, style }) => Array.from(text, (char) => ({ char, style })));
  }

  #take(cells: Cell[], at: number): void {
    this.#runs = [];
    for (const { char, style } of cells) this.append(char, style);
    this.#settle(cells.length, at);
  }
}
