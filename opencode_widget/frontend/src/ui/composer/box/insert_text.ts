/** Writes into a text box as a person would: undo takes it back, and `input` is heard. */
export function insertText(box: HTMLTextAreaElement, start: number, end: number, text: string): void {
  box.setSelectionRange(start, end);
  const native =
    document.activeElement === box && document.execCommand?.(text === "" ? "delete" : "insertText", false, text);
  if (native) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
