import { TextSink } from "../../text_sink";
import { COLOURED, highlight } from "./highlight";
import { knows } from "./languages";
import { canBeCell } from "./notebook_cell";

/** While code streams, a longer block is coloured only when it is complete. */
const COLOURED_LIVE = 8_000;

/** The languages of diagrams, which can be drawn. */
const DIAGRAMS = ["mermaid", "{mermaid}", "mmd"];

/** A code block with its language and its buttons (`markdown_clicks.ts` handles their clicks for the whole widget). */
export class CodeBlock {
  readonly element = document.createElement("div");
  readonly #code = document.createElement("code");
  readonly #sink = new TextSink(this.#code);
  #written: string[] = [];
  #length = 0;
  /** The text node after the coloured lines. */
  #live: Text | undefined;
  #rest = 0;

  constructor(readonly language: string) {
    const pre = document.createElement("pre");
    pre.tabIndex = 0;
    pre.append(this.#code);
    this.element.className = "ocw-code";
    this.element.append(bar(language), pre);
  }

  append(text: string): void {
    this.#written.push(text);
    this.#length += text.length;
    if (!knows(this.language) || this.#length > COLOURED_LIVE) this.#plain(text);
    else if (text.includes("\n") && performance.now() >= this.#rest) this.#colourNow();
    else if (this.#live) this.#live.appendData(text);
    else this.#sink.append(text);
  }

  /** Completes the code; without `text` it is what was appended. */
  finish(text = this.#written.join("")): void {
    const code = text.replace(/\n$/, "");
    allowDrawing(this.element, true);
    this.#written = [];
    this.#live = undefined;
    if (knows(this.language) && code.length <= COLOURED) {
      this.#code.replaceChildren(highlight(code, this.language));
    } else {
      this.#sink.clear();
      this.#sink.append(code);
    }
  }

  get text(): string {
    return this.#written.join("");
  }

  #plain(text: string): void {
    if (this.#live) {
      this.#live = undefined;
      this.#sink.clear();
      this.#sink.append(this.text);
    } else this.#sink.append(text);
  }

  #colourNow(): void {
    const start = performance.now();
    const code = this.text;
    this.#written = [code];
    this.#live = document.createTextNode("");
    this.#code.replaceChildren(highlight(code, this.language), this.#live);
    const end = performance.now();
    this.#rest = end + 4 * (end - start);
  }
}

export function codeBlock(text: string, language: string): HTMLElement {
  const block = new CodeBlock(language);
  block.finish(text);
  return block.element;
}

/** Only a complete diagram can be drawn. */
export function allowDrawing(code: ParentNode, allowed: boolean): void {
  for (const button of code.querySelectorAll<HTMLButtonElement>("button.ocw-draw")) button.disabled = !allowed;
}

function bar(language: string): HTMLElement {
  const row = document.createElement("div");
  row.className = "ocw-code-bar";
  const name = document.createElement("span");
  name.textContent = language || "text";
  row.append(name, button("ocw-wrap", "Wrap", "Wrap long lines"));
  if (canBeCell(language)) row.append(button("ocw-copy-cell", "Copy as cell", "Copy code as a notebook cell"));
  if (DIAGRAMS.includes(language)) row.append(button("ocw-draw", "Draw", "Draw diagram"));
  row.append(button("ocw-copy", "Copy", "Copy code"));
  allowDrawing(row, false);
  return row;
}

function button(name: string, words: string, label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `ocw-code-button ${name}`;
  made.textContent = words;
  made.setAttribute("aria-label", label);
  if (name === "ocw-wrap") made.setAttribute("aria-pressed", "false");
  return made;
}
