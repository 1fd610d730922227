/** Handles the buttons inside Markdown, which are outside the virtual DOM, with one listener. */

import { asCell } from "../../text/markdown/code/notebook_cell";
import { copyText } from "../lib/controls/clipboard";
import { focusInPlace } from "../lib/controls/focus";

const ACTS: Record<string, (button: HTMLButtonElement) => void> = {
  ".ocw-copy": (button) => copyCode(button, (code) => code),
  ".ocw-copy-cell": (button) => copyCode(button, asCell),
  ".ocw-wrap": toggleWrap,
  ".ocw-footnote-mark": showFootnote,
  ".ocw-image-waits": showImage,
};

export function handleClick(event: MouseEvent): void {
  for (const [selector, act] of Object.entries(ACTS)) {
    const button = (event.target as Element).closest<HTMLButtonElement>(`button${selector}`);
    if (button) return act(button);
  }
}

function copyCode(button: HTMLButtonElement, as: (code: string, language: string) => string): void {
  const block = button.closest(".ocw-code");
  const code = block?.querySelector("code")?.textContent;
  if (!block || code === undefined) return;
  const language = block.querySelector(".ocw-code-bar span")?.textContent ?? "";
  void copyText(as(code, language)).then((done) => flash(button, done ? "Copied" : "Not copied"));
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
