/** The line that a terminal is writing. It can be overwritten, at a cost proportional to the text written. Pure. */
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
  /**
   * The line as single characters, built when the cursor first leaves its end; from then on the runs are out of date.
   */
  #cells: Cell[] | undefined;
  #length = 0;
  /** The cursor's column, in characters, or the end of the line. */
  #at: number | "end" = "end";

  get runs(): readonly Run[] {
    if (!this.#cells) return this.#runs;
    const runs: Run[] = [];
    for (const { char, style } of this.#cells) addTo(runs, char, style);
    return runs;
  }

  get atEnd(): boolean {
    return this.#at === "end";
  }

  get length(): number {
    return this.#cells?.length ?? this.#length;
  }

  clear(): void {
    this.#runs = [];
    this.#cells = undefined;
    this.#length = 0;
    this.#at = "end";
  }

  append(text: string, style: Style): void {
    if (this.#cells) for (const char of text) this.#cells.push({ char, style });
    else addTo(this.#runs, text, style);
    this.#length += text.length;
  }

  /** Overwrites the characters at the cursor. */
  overwrite(text: string, style: Style): void {
    const cells = this.#open();
    let at = this.#position(cells);
    for (const char of text) cells[at++] = { char, style };
    this.#settle(cells, at);
  }

  /** Moves the cursor to a column, counted from 0, but not beyond the end. */
  moveTo(column: number): void {
    this.#settle(this.#open(), column);
  }

  moveBy(columns: number): void {
    const cells = this.#open();
    this.#settle(cells, this.#position(cells) + columns);
  }

  /** Erases: 0 from the cursor to the end, 1 from the start to the cursor, 2 the whole line. */
  erase(what: number): void {
    if (what === 2) return this.clear();
    const cells = this.#open();
    const at = this.#position(cells);
    if (what === 0) cells.length = at;
    else cells.splice(0, at + 1, ...cells.slice(0, at + 1).map(blank));
    this.#settle(cells, at);
  }

  #position(cells: readonly Cell[]): number {
    return this.#at === "end" ? cells.length : this.#at;
  }

  #settle(cells: readonly Cell[], column: number): void {
    this.#at = column >= cells.length ? "end" : Math.max(0, column);
  }

  #open(): Cell[] {
    this.#cells ??= this.#runs.flatMap(({ text, style }) => Array.from(text, (char) => ({ char, style })));
    return this.#cells;
  }
}

function addTo(runs: Run[], text: string, style: Style): void {
  const last = runs.at(-1);
  if (last?.style === style) last.text += text;
  else if (text !== "") runs.push({ text, style });
}

function blank(cell: Cell): Cell {
  return cell.char === " " ? cell : { ...cell, char: " " };
}
