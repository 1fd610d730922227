import { Cutter } from "../cutter";
import { css, DARK, LIGHT, type Rgb, readableOn } from "./colour";
import type { Run } from "./line";
import { PLAIN, type Style } from "./style";
import { Terminal, type TerminalOutput } from "./terminal";

/** The start of the open line: after `length` characters of a text node; undefined at the start of a block. */
type LineStart = { node: Text; length: number } | undefined;

/**
 * Terminal output in an element: text nodes, and spans where the text is styled. Like `TextSink` it is cut into blocks
 * of lines, so that appending costs what is appended.
 */
export class AnsiSink implements TerminalOutput {
  #terminal = new Terminal(this);
  #block: HTMLElement | undefined;
  readonly #cutter = new Cutter();
  #last: { node: Text; style: Style } | undefined;
  #lineStart: LineStart;

  constructor(readonly element: HTMLElement) {}

  append(text: string): void {
    this.#terminal.feed(text);
  }

  clear(): void {
    this.element.replaceChildren();
    this.#terminal = new Terminal(this);
    this.#cutter.reset();
    this.#endBlock();
  }

  write(text: string, style: Style): void {
    for (const [piece, ends] of this.#cutter.cut(text)) {
      const open = ends ? piece.length : piece.lastIndexOf("\n") + 1;
      this.#put(piece.slice(0, open), style);
      if (ends) this.#endBlock();
      else if (open > 0 && this.#last) this.#lineStart = { node: this.#last.node, length: this.#last.node.length };
      this.#put(piece.slice(open), style);
    }
  }

  rewrite(runs: readonly Run[]): void {
    this.#cutOpenLine();
    for (const { text, style } of runs) this.#put(text, style);
  }

  #endBlock(): void {
    this.#block = undefined;
    this.#last = undefined;
    this.#lineStart = undefined;
  }

  #cutOpenLine(): void {
    const start = this.#lineStart;
    this.#last = undefined;
    if (!start) return this.#block?.replaceChildren();
    start.node.data = start.node.data.slice(0, start.length);
    const last = start.node.parentNode === this.#block ? start.node : start.node.parentNode;
    while (last?.nextSibling) last.nextSibling.remove();
  }

  #put(text: string, style: Style): void {
    if (text === "") return;
    if (this.#last?.style === style) return this.#last.node.appendData(text);
    if (!this.#block) {
      this.#block = document.createElement("span");
      this.#block.className = "ocw-chunk";
      this.element.append(this.#block);
    }
    const node = document.createTextNode(text);
    this.#block.append(style === PLAIN ? node : dressed(node, style));
    this.#last = { node, style };
  }
}

const CLASSES = ["bold", "dim", "italic", "underline", "strike"] as const;

interface Dress {
  classes: string;
  colours: Array<[name: string, value: string]>;
}

const DRESSES = new WeakMap<Style, Dress>();

function dressed(node: Text, style: Style): HTMLElement {
  const dress = DRESSES.get(style) ?? dressOf(style);
  DRESSES.set(style, dress);
  const span = document.createElement("span");
  span.className = dress.classes;
  for (const [name, value] of dress.colours) span.style.setProperty(name, value);
  span.append(node);
  return span;
}

function dressOf(style: Style): Dress {
  const colours: Dress["colours"] = [];
  const { colour, background } = style.inverse ? swapped(style) : style;
  const classes = CLASSES.filter((name) => style[name]).map((name) => `ocw-t-${name}`);
  if (style.inverse && !colour && !background) classes.push("ocw-t-inverse");
  if (background) {
    classes.push("ocw-t-on");
    colours.push(["--ocw-t-on", css(background)]);
  }
  if (colour || background) {
    classes.push("ocw-t-ink");
    colours.push(["--ocw-t-light", css(ink(colour, background, LIGHT))]);
    colours.push(["--ocw-t-dark", css(ink(colour, background, DARK))]);
  }
  return { classes: classes.join(" "), colours };
}

/**
 * Resolves inverse video. The page's own colour is unknown, so where a colour is unset only one of the two is drawn.
 */
function swapped({ colour, background }: Style): Pick<Style, "colour" | "background"> {
  return { colour: background, background: colour };
}

function ink(colour: Rgb | undefined, background: Rgb | undefined, page: Rgb): Rgb {
  const under = background ?? page;
  return readableOn(colour ?? under, under);
}
