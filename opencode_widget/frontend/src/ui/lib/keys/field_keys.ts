/** The keys of fields that have lines. Pure. */
import type { SendKey } from "../../../protocol";

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

/** True for the key that sends or saves: Ctrl+Enter and Cmd+Enter always do, Enter alone if the user wants that. */
export function isSendKey({ key, shiftKey, altKey, ctrlKey, metaKey }: Key, sendKey: SendKey): boolean {
  if (key !== "Enter" || shiftKey || altKey) return false;
  return ctrlKey || metaKey || sendKey === "enter";
}

/** Ctrl+J. */
export function isLineKey({ key, shiftKey, altKey, ctrlKey, metaKey }: Key): boolean {
  return key.toLowerCase() === "j" && ctrlKey && !metaKey && !altKey && !shiftKey;
}
