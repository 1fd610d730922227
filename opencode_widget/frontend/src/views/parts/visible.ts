/** Marks that reorder text can make a command or a path look like another one. */
const REORDERING = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/** `text` with those marks written out. Pure. */
export function visible(text: string): string {
  return text.replace(REORDERING, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}
