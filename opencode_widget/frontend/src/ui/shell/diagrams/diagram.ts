/**
 * The diagram of a code block. It is drawn when the user asks for it, and shown as an image, in which an SVG runs and loads
 * nothing; the user can go back to its source. When the theme changes it is drawn again.
 */
import type { Drawn, DrawRequest, Failed } from "../../../mermaid/messages";
import { exactLine, visible } from "../../../text/visible";
import { t } from "../../../words/words";
import type { View } from "../../state/context";
import { drawingProgram } from "./program";
import { drawInFrame } from "./sandbox";

/** Mermaid draws no longer source. */
const LONGEST_SOURCE = 50_000;
/** In pixels: a larger drawing is scaled. */
const LARGEST_EDGE = 20_000;
/** Characters of a line in the words about an error. */
const LONGEST_LINE = 120;
const LONGEST_TITLE = 200;

/** Draws the diagram of a code block; after that, shows its source or the diagram. */
export function pressDraw(button: HTMLButtonElement, view: View): void {
  const block = button.closest<HTMLElement>(".ocw-code");
  if (!block || button.ariaBusy === "true") return;
  if (!block.querySelector(".ocw-diagram")) void drawFirst(block, button, view);
  else showDiagram(block, button, !block.classList.contains("ocw-drawn"));
}

/** Draws the diagrams below `root` again when its theme changes; the result stops that. */
export function followDiagramTheme(root: HTMLElement, view: View): () => void {
  const observer = new MutationObserver(() => redrawOthers(root, view));
  observer.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

async function drawFirst(block: HTMLElement, button: HTMLButtonElement, view: View): Promise<void> {
  block.querySelector(".ocw-diagram-fault")?.remove();
  button.ariaBusy = "true";
  rename(button, t.shell.drawing);
  try {
    const place = diagramPlace();
    await inTurn(() => drawInto(place, block, view));
    block.append(place);
    showDiagram(block, button, true);
    const root = block.closest<HTMLElement>(".ocw");
    if (root) redrawOthers(root, view);
  } catch (error) {
    rename(button, t.shell.draw, t.shell.drawDiagram);
    showFault(block, error instanceof Error ? error.message : String(error));
  } finally {
    button.ariaBusy = "false";
  }
}

/** Draws those again that were drawn for another theme. One that cannot be drawn again stays as it is. */
function redrawOthers(root: HTMLElement, view: View): void {
  for (const place of root.querySelectorAll<HTMLElement>(".ocw-diagram")) {
    const block = place.closest<HTMLElement>(".ocw-code");
    const isOther = () => place.isConnected && place.dataset.theme !== themeOf(root);
    if (block && isOther()) void inTurn(async () => isOther() && drawInto(place, block, view)).catch(() => undefined);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One diagram at a time: each loads the whole program. */
function inTurn<Result>(draw: () => Promise<Result>): Promise<Result> {
  const drawing = last.then(draw);
  last = drawing.catch(() => undefined);
  return drawing;
}

/** Rejects with the reason in words. */
async function drawInto(place: HTMLElement, block: HTMLElement, view: View): Promise<void> {
  const source = block.querySelector("code")?.textContent ?? "";
  if (source.length > LONGEST_SOURCE) throw new Error(tooLarge(source));
  const program = await drawingProgram(view.actions);
  const root = block.closest<HTMLElement>(".ocw");
  if (!root) throw new Error(t.shell.diagramGone);
  const theme = themeOf(root);
  const font = getComputedStyle(root).fontFamily;
  const drawn = await drawInFrame(root, { program, source, theme, font });
  if (drawn.type === "failed") throw new Error(faultWords(drawn, source));
  const image = imageOf(drawn);
  image.alt = altOf(source);
  image.addEventListener("error", () => showFault(block, t.shell.browserCannotShowDrawing));
  place.dataset.theme = theme;
  place.replaceChildren(image);
}

function imageOf({ svg, width, height }: Drawn): HTMLImageElement {
  const scale = Math.min(1, LARGEST_EDGE / Math.max(width, height));
  const image = document.createElement("img");
  image.width = Math.ceil(width * scale);
  image.height = Math.ceil(height * scale);
  image.style.setProperty("--ocw-diagram-width", `${image.width}px`);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.replace(/\p{Surrogate}/gu, "\ufffd"))}`;
  return image;
}

function themeOf(root: HTMLElement): DrawRequest["theme"] {
  return root.dataset.theme === "dark" ? "dark" : "default";
}

function diagramPlace(): HTMLElement {
  const place = document.createElement("div");
  place.className = "ocw-diagram";
  // A wide diagram scrolls, also by keyboard.
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", "Diagram");
  return place;
}

function showDiagram(block: HTMLElement, button: HTMLButtonElement, isShown: boolean): void {
  block.classList.toggle("ocw-drawn", isShown);
  rename(button, isShown ? t.shell.showSource : t.shell.showDiagram);
}

function rename(button: HTMLButtonElement, words: string, label = words): void {
  button.textContent = words;
  button.setAttribute("aria-label", label);
}

function showFault(block: HTMLElement, words: string): void {
  block.querySelector(".ocw-diagram-fault")?.remove();
  const fault = document.createElement("p");
  fault.className = "ocw-diagram-fault";
  fault.setAttribute("role", "alert");
  fault.textContent = words;
  block.append(fault);
}

function tooLarge({ length }: string): string {
  return t.shell.diagramTooLarge(length.toLocaleString("en"), LONGEST_SOURCE.toLocaleString("en"));
}

function faultWords({ reason, line }: Failed, source: string): string {
  const words = visible(reason);
  if (line === undefined) return t.shell.diagramHasError(words);
  const written = source.split("\n")[line - 1]?.trim() ?? "";
  const shown = exactLine(written.slice(0, LONGEST_LINE)) + (written.length > LONGEST_LINE ? "…" : "");
  return t.shell.diagramHasErrorLine(line, shown, words);
}

/** What the diagram calls itself, else its first line. */
function altOf(source: string): string {
  const lines = source.split("\n").map((line) => line.trim());
  const title = lines.find((line) => /^accTitle\s*:/.test(line)) ?? lines.find((line) => /^title[\s:]/.test(line));
  const first = lines.find((line) => line !== "" && !line.startsWith("%%")) ?? "";
  const words = title?.replace(/^\w+[\s:]*/, "") ?? (first === "---" ? "" : first);
  return words ? t.shell.diagramTitled(visible(words.slice(0, LONGEST_TITLE))) : t.shell.diagram;
}
