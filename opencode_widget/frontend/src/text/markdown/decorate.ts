/**
 * Adds, as nodes of our own, what the sanitiser would have dropped: code with its buttons, frames, footnotes, hosts.
 */

import { t } from "../../words/words";
import { hostInAscii, hostOf } from "../address";
import { looksLikePath } from "../paths";
import { withoutTail } from "../text_end";
import { codeBlock } from "./code/code_block";
import { MARKS } from "./extensions";
import { FILE, IMAGE, PICTURE } from "./sanitize";

/** A longer text in one node, if it mixes fonts, takes the browser time that grows with the square of its length. */
const LONGEST = 20_000;
/** The approximate number of characters that are laid out together in that case. */
const PIECE = 4_000;

export function decorate(fragment: DocumentFragment, languages: string[], folder?: string): DocumentFragment {
  if (folder) for (const code of all(fragment, "code")) if (!code.closest("pre")) shorten(code, folder);
  all(fragment, "pre").forEach((pre, index) => {
    pre.replaceWith(codeBlock(pre.textContent ?? "", languages[index] ?? ""));
  });
  for (const table of all(fragment, "table")) frame(table, "ocw-table");
  for (const math of all(fragment, 'math[display="block"]')) frame(math, "ocw-formula");
  for (const item of all(fragment, "li"))
    if (/^\s*[☐☑]/.test(item.textContent ?? "")) item.className = "ocw-check-item";
  for (const mark of all(fragment, `sup[title="${MARKS.reference}"]`)) reference(mark);
  for (const note of all(fragment, `p[title="${MARKS.note}"]`)) footnote(note);
  for (const link of all(fragment, "a[href]")) {
    if (link.getAttribute("rel")?.startsWith(IMAGE)) link.replaceWith(placeholder(link));
    else showHost(link);
  }
  for (const link of all(fragment, `a[rel="${FILE}"]`)) link.replaceWith(fileLink(link));
  for (const link of all(fragment, `a[rel="${PICTURE}"]`)) link.replaceWith(picture(link));
  for (const code of all(fragment, "code")) if (!code.closest("pre, a, button")) markPath(code);
  for (const text of longTexts(fragment)) text.replaceWith(...inPieces(text.data));
  return fragment;
}

function longTexts(fragment: DocumentFragment): Text[] {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null)
    if (node.length > LONGEST && !node.parentElement?.closest("pre")) found.push(node);
  return found;
}

/** Cuts after white space, where there is some. */
function inPieces(text: string): HTMLElement[] {
  return (
    text.match(new RegExp(`[^]{1,${PIECE}}(?:(?<=\\s)|\\S{0,200}(?:\\s|$)|(?![\\udc00-\\udfff]))`, "g")) ?? []
  ).map((piece) => {
    const span = document.createElement("span");
    span.className = "ocw-piece";
    span.textContent = piece;
    return span;
  });
}

function all(fragment: DocumentFragment, selector: string): HTMLElement[] {
  return Array.from(fragment.querySelectorAll<HTMLElement>(selector));
}

/** Shortens a path of the project: it is long, and its start tells the reader nothing. */
function shorten(code: HTMLElement, folder: string): void {
  const path = code.textContent ?? "";
  const start = `${withoutTail(folder, "/\\")}/`;
  if (!path.startsWith(start) || path.length === start.length) return;
  code.textContent = path.slice(start.length);
  code.title = path;
}

/** Wraps the element in a frame that scrolls, also by keyboard. */
function frame(element: Element, name: string): void {
  const box = document.createElement(element.parentElement?.tagName === "P" ? "span" : "div");
  box.className = name;
  box.tabIndex = 0;
  element.replaceWith(box);
  box.append(element);
}

function reference(mark: HTMLElement): void {
  const label = mark.textContent ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ocw-footnote-mark";
  button.textContent = label;
  button.setAttribute("aria-label", `Footnote ${label}`);
  mark.removeAttribute("title");
  mark.replaceChildren(button);
}

function footnote(note: HTMLElement): void {
  note.removeAttribute("title");
  note.className = "ocw-footnote";
  note.tabIndex = -1;
  note.dataset.label = note.querySelector("sup")?.textContent ?? "";
}

/**
 * Shows the whole address on hover. Where the link's words name another host, or may look like one, the host is shown
 * beside them.
 */
function showHost(link: Element): void {
  const address = hostInAscii(link.getAttribute("href") ?? "");
  const host = hostOf(address);
  const words = (link.textContent ?? "").trim();
  link.setAttribute("title", address);
  const named = hostOf(words) ?? hostOf(`https://${words}`);
  const differs = looksLikeAddress(words) && named !== host;
  if (host === undefined || !(differs || /(?:^|\.)xn--/.test(host))) return;
  const note = document.createElement("span");
  note.className = "ocw-host";
  note.textContent = ` (${host})`;
  link.append(note);
}

/** True if the words have a dot before the first slash, and no space. */
function looksLikeAddress(words: string): boolean {
  if (/\s/.test(words)) return false;
  const [host = ""] = words.replace(/^https?:\/\//i, "").split("/", 1);
  const dot = host.lastIndexOf(".", host.length - 3);
  return dot > 0;
}

/**
 * Replaces a remote image by a button (see `ui/shell/markdown_clicks.ts`): fetching it would tell its server who reads.
 */
function placeholder(link: Element): HTMLElement {
  const address = hostInAscii(link.getAttribute("href") ?? "");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ocw-image-waits";
  button.dataset.address = address;
  button.dataset.words = link.textContent ?? "";
  button.title = address;
  button.textContent = t.text.showImage(link.textContent, hostOf(address));
  return button;
}

/** A link to a file of the project: a button with its path; see `ui/shell/markdown_clicks.ts`. */
function fileLink(link: HTMLElement): HTMLElement {
  const path = decoded(link.title);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ocw-file-link ocw-link";
  button.dataset.path = path;
  button.title = t.text.open(path);
  button.append(...Array.from(link.childNodes));
  return button;
}

/** Code that reads like a path opens it, by mouse and by keyboard. */
function markPath(code: HTMLElement): void {
  const path = code.title || (code.textContent ?? "");
  if (!looksLikePath(path)) return;
  code.classList.add("ocw-file-link");
  code.dataset.path = path;
  code.tabIndex = 0;
  code.setAttribute("role", "link");
}

/** A picture of the project, or one in the text itself: a button with its words and its path, until the user asks for it. */
function picture(link: HTMLElement): HTMLElement {
  const address = link.title;
  const isData = /^data:/i.test(address);
  const words = link.textContent ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ocw-picture-waits";
  button.dataset.words = words;
  if (isData) button.dataset.address = address;
  else button.dataset.path = decoded(address);
  button.textContent = t.text.showPicture(words, isData ? undefined : decoded(address));
  return button;
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
