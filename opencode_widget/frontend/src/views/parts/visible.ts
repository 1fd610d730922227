/** Marks that reorder text can make a command or a path look like another one. */
const REORDERING = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/** `text` with those marks written out. Pure. */
export function visible(text: string): string {
  return text.replace(REORDERING, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** JSON with those marks written out in each of its texts. */
export function allVisible<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, each) => (typeof each === "string" ? visible(each) : each)) as Value;
}
