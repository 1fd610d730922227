import type { View } from "../state/context";

/** The clipboard needs a secure page; without one the old way through a selection is left. */
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

/** Copies, and says whether that went well. */
export async function copyAndAnnounce(view: View, text: string, words: string): Promise<void> {
  view.panels.announcement.value = (await copyText(text)) ? words : "The browser did not allow to copy.";
}
