import { IS_MAC } from "../../lib/keys/mod_key";

/** Ctrl+K, or Cmd+K on a Mac, where Ctrl+K deletes to the end of the line. */
export function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  const mod = IS_MAC ? metaKey && !ctrlKey : ctrlKey !== metaKey;
  return key.toLowerCase() === "k" && mod && !altKey && !shiftKey;
}
