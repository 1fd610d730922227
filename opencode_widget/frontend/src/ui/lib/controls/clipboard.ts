import { t } from "../../../words/words";
import type { View } from "../../state/context";

/** Copies a text. The clipboard API needs a secure page; elsewhere the old way through a selection is used. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

/** Copies a text and announces whether that worked. */
export async function copyAndAnnounce(view: View, text: string, words: string): Promise<void> {
  view.panels.announcement.value = (await copyText(text)) ? words : t.lib.browserBlockedCopying;
}
