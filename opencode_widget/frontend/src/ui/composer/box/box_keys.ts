/** Maps keys in the composer's box to actions. Pure. */
import { lookUp } from "../../../lookup";
import type { SendKey } from "../../../protocol";
import { isSendKey } from "../../lib/keys/field_keys";

interface Situation {
  /** True while the list of completions is open. */
  completing: boolean;
  shell: boolean;
  /** True while a prompt that was sent before is edited. */
  editing?: boolean;
  /** True while the box is empty. */
  empty: boolean;
  sendKey: SendKey;
  /** True if a prompt can wait for the end of the turn. */
  canQueue: boolean;
}

export type KeyAction =
  | "next"
  | "previous"
  | "accept"
  | "complete" // as "accept", but never runs a command
  | "dismiss"
  | "back"
  | "forward"
  | "leave shell"
  | "cancel edit"
  | "send"
  | "queue"; // as "send", but the prompt waits for the end of the turn

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey" | "isComposing" | "keyCode">;

const IN_LIST: Record<string, KeyAction> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Enter: "accept",
  Tab: "complete",
  Escape: "dismiss",
};

const IN_TEXT: Record<string, KeyAction> = { ArrowUp: "back", ArrowDown: "forward" };

/**
 * The action of a key; undefined leaves the key to the box. While an input method composes a character, every key
 * belongs to it.
 */
export function actionOf(key: Key, situation: Situation): KeyAction | undefined {
  const { completing, sendKey, canQueue } = situation;
  if (key.isComposing || key.keyCode === 229 || key.shiftKey) return undefined;
  if (key.altKey) return key.key === "Enter" && canQueue ? "queue" : undefined;
  if (key.ctrlKey || key.metaKey) return isSendKey(key, sendKey) ? "send" : undefined;
  if (completing) return lookUp(IN_LIST, key.key);
  return leaves(key, situation) ?? (isSendKey(key, sendKey) ? "send" : lookUp(IN_TEXT, key.key));
}

function leaves({ key }: Key, { shell, editing, empty }: Situation): KeyAction | undefined {
  if (shell && (key === "Escape" || (key === "Backspace" && empty))) return "leave shell";
  return editing && key === "Escape" ? "cancel edit" : undefined;
}
