/** Handles the buttons inside Markdown, which are outside the virtual DOM, with one listener. */

import { asCell } from "../../text/markdown/code/notebook_cell";
import { t } from "../../words/words";
import { copyText } from "../lib/controls/clipboard";
import { focusInPlace } from "../lib/controls/focus";
import type { View } from "../state/context";
import { openFile, projectPicture } from "../state/files/open_file";
import { pressDraw } from "./diagrams/diagram";

const ACTS: Record<string, (button: HTMLButtonElement, view: View) => void> = {
  ".ocw-copy": (button) => copyCode(button, (code) => code),
  ".ocw-draw": pressDraw,
  ".ocw-insert-cell": insertCell,
  ".ocw-copy-cell": (button) => copyCode(button, asCell),
  ".ocw-wrap": toggleWrap,
  ".ocw-footnote-mark": showFootnote,
  ".ocw-image-waits": showImage,
  ".ocw-picture-waits": (button, view) => void showPicture(button, view),
};

export function handleClick(event: MouseEvent, view: View): void {
  const pressed = event.target as Element;
  const path = pressed.closest<HTMLElement>(".ocw-file-link");
  if (path?.dataset.path) return void openFile(view, path, path.dataset.path);
  for (const [selector, act] of Object.entries(ACTS)) {
    const button = pressed.closest<HTMLButtonElement>(`button${selector}`);
    if (button) return act(button, view);
  }
}

/** Enter opens a path that is no button. */
export function handleKey(event: KeyboardEvent, view: View): void {
  const [pressed] = event.composedPath();
  if (event.key !== "Enter" || !(pressed instanceof HTMLElement) || !pressed.matches("code.ocw-file-link")) return;
  event.preventDefault();
  void openFile(view, pressed, pressed.dataset.path ?? "");
}

/** Shows a picture that the text has, or that the kernel reads from the project. */
async function showPicture(button: HTMLButtonElement, view: View): Promise<void> {
  const { address, path = "", words = "" } = button.dataset;
  const instance = view.selection.instance.peek();
  if (button.ariaBusy === "true" || !instance) return;
  button.ariaBusy = "true";
  const url = address ?? (await projectPicture(view, instance, path));
  button.ariaBusy = "false";
  if (url === undefined) return;
  const image = document.createElement("img");
  image.alt = words;
  image.title = path;
  image.className = "ocw-image";
  image.addEventListener("error", () => image.replaceWith(button), { once: true });
  image.src = url;
  button.replaceWith(image);
}

function copyCode(button: HTMLButtonElement, as: (code: string, language: string) => string): void {
  const found = codeAround(button);
  if (!found) return;
  void copyText(as(found.code, found.language)).then((done) =>
    flash(button, done ? t.shell.copied : t.shell.couldntCopy),
  );
}

function insertCell(button: HTMLButtonElement, view: View): void {
  const found = codeAround(button);
  if (!found) return;
  const message = button.closest<HTMLElement>("[data-message]")?.dataset.message;
  const done = view.insertCells([asCell(found.code, found.language)], message);
  flash(button, done ? t.shell.inserted : t.shell.couldntInsert);
}

function codeAround(button: HTMLButtonElement): { code: string; language: string } | undefined {
  const block = button.closest(".ocw-code");
  const code = block?.querySelector("code")?.textContent;
  if (!block || code === undefined || code === null) return undefined;
  return { code, language: block.querySelector(".ocw-code-bar span")?.textContent ?? "" };
}

function flash(button: HTMLButtonElement, words: string): void {
  const before = button.dataset.words ?? button.textContent ?? "";
  button.dataset.words = before;
  button.textContent = words;
  setTimeout(() => {
    button.textContent = before;
  }, 1_500);
}

function toggleWrap(button: HTMLButtonElement): void {
  const wrapped = button.closest(".ocw-code")?.classList.toggle("ocw-wrapped") ?? false;
  button.setAttribute("aria-pressed", String(wrapped));
}

function showFootnote(button: HTMLButtonElement): void {
  const notes = button.closest(".ocw-md")?.querySelectorAll<HTMLElement>(".ocw-footnote") ?? [];
  const note = Array.from(notes).find((each) => each.dataset.label === button.textContent);
  focusInPlace(note);
  note?.scrollIntoView({ block: "nearest" });
}

/** Loads a remote image after the user has seen whose server it asks. The request reveals as little as possible. */
function showImage(button: HTMLButtonElement): void {
  const { address, words } = button.dataset;
  const image = document.createElement("img");
  image.referrerPolicy = "no-referrer";
  image.alt = words ?? "";
  image.className = "ocw-image";
  image.addEventListener("error", () => image.replaceWith(button), { once: true });
  image.src = address ?? "";
  button.replaceWith(image);
}
