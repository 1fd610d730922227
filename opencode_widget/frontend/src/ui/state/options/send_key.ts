/** The user's own choice of the key that sends, which the browser remembers. It goes before what Python set. */
import type { SendKey } from "../../../protocol";

const NAME = "opencode-widget:send-key";

export function chosenSendKey(): SendKey | undefined {
  try {
    const kept = globalThis.localStorage?.getItem(NAME);
    return kept === "enter" || kept === "ctrl+enter" ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function chooseSendKey(key: SendKey): void {
  try {
    globalThis.localStorage?.setItem(NAME, key);
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}
