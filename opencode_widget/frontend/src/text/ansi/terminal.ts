/**
 * Interprets terminal output as styled text.
 *
 * Colours and attributes are kept; carriage return, backspace, erasing and moving within the line do what they do in a
 * terminal. All other escape sequences are dropped with their content: titles, link targets, images, modes, moves to
 * other lines. The text may arrive in pieces of any size: an incomplete sequence waits for the next piece.
 */
import { Line, type Run } from "./line";
import { applySgr, PLAIN, type Style } from "./style";

/** Receives the interpreted text. */
export interface TerminalOutput {
  /** Appends text, which may contain line breaks. */
  write(text: string, style: Style): void;
  /** Replaces everything after the last line break. */
  rewrite(runs: readonly Run[]): void;
}

/**
 * Text; control sequence (CSI); string sequence (OSC, DCS, ...), which ends with its line; other escapes; any other
 * control.
 */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /([^\x00-\x08\x0b-\x1f\x7f-\x9f]+)|\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=\x1b[^\\]|\n))|\x1b[ -/]*[0-~]|[\s\S]/g;
/** An incomplete sequence at the end of the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const OPEN = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)$/;
/** Anything longer is not treated as a sequence. */
const LONGEST = 8_192;
/**
 * Text that would overwrite a longer line starts a new line instead, since rewriting the line again and again would
 * cost too much.
 */
const WIDEST = 1_000;

const CONTROLS: Record<string, (line: Line) => void> = {
  "\r": (line) => line.moveTo(0),
  "\b": (line) => line.moveBy(-1),
};

/** Control sequences that act within the line, by their final character. */
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
  /** True if the open line was overwritten and the output does not show it yet. */
  #changed = false;
  /**
   * True if the line is too long for the cursor to go back into: the next text, unless it is a line break, starts a new
   * line.
   */
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
