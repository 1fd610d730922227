/**
 * Which keys are the widget's, and which go to the host. The widget keeps what types, edits, moves and chooses; the
 * host gets its shortcuts: combinations with Ctrl or Cmd, and function keys, that mean nothing here.
 */
import { isLineKey } from "../lib/controls/field_keys";
import { insertText } from "../lib/controls/insert_text";

/** JupyterLab ignores keys below an element with this attribute. */
const SUPPRESS = "data-lm-suppress-shortcuts";
const NAMES = ["keydown", "keyup", "keypress"] as const;
/** With Ctrl or Cmd, these edit a text or copy what is selected. */
const EDITING = /^[acvxyz]$/i;
const EDITING_WITH_SHIFT = /^[vz]$/i;
const FIELDS = "input, textarea, select, [contenteditable]";

/** The combination is the host's, unless a view of the widget prevents its default. */
export function isHostKey(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey } = event;
  if (/^F\d+$/.test(key)) return true;
  if (key.length !== 1 || ctrlKey === metaKey || event.getModifierState("AltGraph")) return false;
  if ((event.shiftKey ? EDITING_WITH_SHIFT : EDITING).test(key)) return false;
  return !isLineKey(event) && !movesCaret(event);
}

/** On a Mac, Ctrl with a letter moves the caret, as in Emacs; shortcuts have Cmd. */
function movesCaret(event: KeyboardEvent): boolean {
  if (!event.ctrlKey || event.shiftKey || !/mac|iphone|ipad/i.test(navigator.platform)) return false;
  return isInField(event);
}

/** True if the key was pressed in a field; also within a shadow root, where listeners further up see the host alone. */
export function isInField(event: Event): boolean {
  const [target] = event.composedPath();
  return target instanceof Element && target.matches(FIELDS);
}

/** Keys of an input method belong to it alone: Enter takes a word, and sends, saves and chooses nothing. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Routes the keys below `root`; the result ends that. */
export function routeKeys(root: HTMLElement): () => void {
  root.setAttribute(SUPPRESS, "true");
  // On the window, as a host may listen at the document before the event reaches the widget.
  const beforeHost = (event: Event) => {
    if (!event.composedPath().includes(root)) return;
    if (isHostKey(event as KeyboardEvent)) root.removeAttribute(SUPPRESS);
    else root.setAttribute(SUPPRESS, "true");
  };
  const beforeViews = (event: KeyboardEvent) => {
    if (isComposing(event)) event.stopPropagation();
  };
  const afterViews = (event: KeyboardEvent) => {
    startLine(event);
    if (event.defaultPrevented || !isHostKey(event)) event.stopPropagation();
  };
  for (const name of NAMES) {
    window.addEventListener(name, beforeHost, true);
    root.addEventListener(name, beforeViews, true);
    root.addEventListener(name, afterViews);
  }
  return () => {
    for (const name of NAMES) window.removeEventListener(name, beforeHost, true);
  };
}

/** Ctrl+J starts a line in every field that has lines, as in a terminal. */
function startLine(event: KeyboardEvent): void {
  const [target] = event.composedPath();
  if (event.type !== "keydown" || !isLineKey(event) || event.defaultPrevented) return;
  if (!(target instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  insertText(target, target.selectionStart, target.selectionEnd, "\n");
}
