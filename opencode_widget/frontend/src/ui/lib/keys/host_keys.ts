/** Which keys are the host's, and which the widget's. See `key_routing.ts`. */
import { isLineKey } from "./field_keys";

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

/** True if the key was pressed where it writes: in a field, but for a checkbox or a radio button. */
export function isInTextField(event: Event): boolean {
  const [target] = event.composedPath();
  return isInField(event) && !(target instanceof Element && target.matches("[type=checkbox], [type=radio]"));
}
