import { focusedNear } from "../controls/tree_root";

/** Inserts text as if the user had typed it, so that undo works and `input` fires. */
export function insertText(box: HTMLTextAreaElement, start: number, end: number, text: string): void {
  box.setSelectionRange(start, end);
  const native = focusedNear(box) === box && document.execCommand?.(text === "" ? "delete" : "insertText", false, text);
  if (native) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
