/**
 * Which keys are the widget's, and which go to the host. The widget keeps what types, edits, moves and chooses; the
 * host gets its shortcuts: combinations with Ctrl or Cmd, and function keys, that mean nothing here.
 */
import { onKeysBeforeHost } from "../controls/tree_root";
import { isLineKey } from "./field_keys";
import { isHostKey } from "./host_keys";
import { insertText } from "./insert_text";

/** JupyterLab ignores keys below an element with this attribute. */
const SUPPRESS = "data-lm-suppress-shortcuts";
const NAMES = ["keydown", "keyup", "keypress"] as const;

/** Keys of an input method belong to it alone: Enter takes a word, and sends, saves and chooses nothing. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Routes the keys below `root`; the result ends that. */
export function routeKeys(root: HTMLElement): () => void {
  root.setAttribute(SUPPRESS, "true");
  const beforeHost = (event: KeyboardEvent) => {
    if (isHostKey(event)) root.removeAttribute(SUPPRESS);
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
    root.addEventListener(name, beforeViews, true);
    root.addEventListener(name, afterViews);
  }
  return onKeysBeforeHost(root, NAMES, beforeHost);
}

/** Ctrl+J starts a line in every field that has lines, as in a terminal. */
function startLine(event: KeyboardEvent): void {
  const [target] = event.composedPath();
  if (event.type !== "keydown" || !isLineKey(event) || event.defaultPrevented) return;
  if (!(target instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  insertText(target, target.selectionStart, target.selectionEnd, "\n");
}
