import { t } from "../../../words/words";
import { TextSink } from "../../text_sink";
import { COLOURED, highlight } from "./highlight";
import { knows } from "./languages";
import { canBeCell, isCode } from "./notebook_cell";

/** While code streams, a longer block is coloured only when it is complete. */
const COLOURED_LIVE = 8_000;

/** The languages of diagrams, which can be drawn. */
const DIAGRAMS = ["mermaid", "{mermaid}", "mmd"];

/** A code block with its language, if it has one, and its buttons (`markdown_clicks.ts` handles their clicks for the whole widget). */
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

/** Only a complete diagram can be drawn, and only complete code becomes a cell. */
export function allowDrawing(code: ParentNode, allowed: boolean): void {
  for (const button of code.querySelectorAll<HTMLButtonElement>(COMPLETE)) button.disabled = !allowed;
}

const COMPLETE = "button.ocw-draw, button.ocw-insert-cell";

function bar(language: string): HTMLElement {
  const row = document.createElement("div");
  row.className = language ? "ocw-code-bar" : "ocw-code-bar ocw-code-bar-over";
  const name = document.createElement("span");
  name.textContent = language;
  row.append(name, wrapButton());
  if (canBeCell(language)) row.append(button("ocw-copy-cell", t.text.copyAsCell, t.text.copyCodeAsCell));
  // Shown where the host takes cells.
  if (isCode(language)) row.append(button("ocw-insert-cell", t.text.insertCell, t.text.insertAsCellBelow));
  if (DIAGRAMS.includes(language)) row.append(button("ocw-draw", t.text.draw, t.text.drawDiagram));
  row.append(button("ocw-copy", t.text.copy, t.text.copyCode));
  allowDrawing(row, false);
  return row;
}

function button(name: string, words: string, label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `ocw-code-button ${name}`;
  made.textContent = words;
  made.setAttribute("aria-label", label);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
/** A line that turns back at the edge. */
const WRAP = "M2 4h12M2 8h9.5a2.2 2.2 0 0 1 0 4.5H8.5m1.8-2-2 2 2 2M2 12.5h3";

function wrapButton(): HTMLButtonElement {
  const made = button("ocw-wrap", "", t.text.wrapLongLines);
  made.title = t.text.wrapLongLines;
  made.setAttribute("aria-pressed", "false");
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("class", "ocw-icon");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", WRAP);
  icon.append(path);
  made.append(icon);
  return made;
}
