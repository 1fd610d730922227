/**
 * What a program wrote for a terminal, as text with styles.
 *
 * Colours and attributes are kept; carriage return, backspace, erasing and moving within the line do what they do in a
 * terminal. All other escape sequences are dropped, their content with them: titles, links' targets, images, modes, moves to
 * other lines. The text may come in pieces of any size: a sequence that is not complete waits for the next one.
 */
import { Line, type Run } from "./line";
import { applySgr, PLAIN, type Style } from "./style";

/** Where it is written. */
export interface TerminalOutput {
  /** Behind all that stands; the text may have line breaks. */
  write(text: string, style: Style): void;
  /** In place of all behind the last line break. */
  rewrite(runs: readonly Run[]): void;
}

/** Text; control sequence (CSI); string sequence (OSC, DCS, ...), never over the end of a line; other escapes; any other control. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /([^\x00-\x08\x0b-\x1f\x7f-\x9f]+)|\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=\x1b[^\\]|\n))|\x1b[ -/]*[0-~]|[\s\S]/g;
/** A sequence that is not complete. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const OPEN = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)$/;
/** A longer one is no sequence. */
const LONGEST = 8_192;
/** What would be written over a longer line stands in a line of its own: going over it again and again would cost too much. */
const WIDEST = 1_000;

const CONTROLS: Record<string, (line: Line) => void> = {
  "\r": (line) => line.moveTo(0),
  "\b": (line) => line.moveBy(-1),
};

/** Control sequences within the line, by their last character. */
const MOVES: Record<string, (line: Line, parameter: number | undefined) => void> = {
  C: (line, columns) => line.moveBy(columns || 1),
  D: (line, columns) => line.moveBy(-(columns || 1)),
  G: (line, column) => line.moveTo((column || 1) - 1),
  K: (line, what) => line.erase(what ?? 0),
};

export class Terminal {
  readonly #line = new Line();
  #style: Style = PLAIN;
  #open = "";
  /** The open line has been written over, and the paper does not know yet. */
  #changed = false;
  /** The line is too long for the cursor to go back in: what comes, unless it is a line's end, begins a line. */
  #broken = false;

  constructor(readonly output: TerminalOutput) {}

  feed(text: string): void {
    const all = this.#open + text;
    const open = OPEN.exec(all.slice(-LONGEST))?.[0] ?? "";
    this.#open = open;
    for (const [token, words, parameters, final] of all.slice(0, all.length - open.length).matchAll(TOKEN)) {
      if (words !== undefined) this.#text(words);
      else if (final !== undefined) this.#control(final, parameters ?? "");
      else if (CONTROLS[token]) this.#move(CONTROLS[token]);
    }
    this.#flush();
  }

  #control(final: string, parameters: string): void {
    if (final === "m") {
      this.#style = applySgr(this.#style, parameters);
      return;
    }
    const move = MOVES[final];
    const first = Number.parseInt(parameters, 10);
    if (move) this.#move((line) => move(line, Number.isNaN(first) ? undefined : first));
    if (final === "K" && !this.#broken) this.#changed = true;
  }

  #move(move: (line: Line) => void): void {
    if (this.#line.length > WIDEST) this.#broken = true;
    else move(this.#line);
  }

  #text(text: string): void {
    if (this.#broken && !text.startsWith("\n")) this.#append("\n");
    this.#broken = false;
    if (this.#line.atEnd && !this.#changed) return this.#append(text);
    const end = text.indexOf("\n");
    this.#line.overwrite(end < 0 ? text : text.slice(0, end), this.#style);
    this.#changed = true;
    if (end >= 0) this.#append(text.slice(end));
  }

  #append(text: string): void {
    this.#flush();
    this.output.write(text, this.#style);
    const end = text.lastIndexOf("\n");
    if (end >= 0) this.#line.clear();
    this.#line.append(text.slice(end + 1), this.#style);
  }

  #flush(): void {
    if (this.#changed) this.output.rewrite(this.#line.runs);
    this.#changed = false;
  }
}
