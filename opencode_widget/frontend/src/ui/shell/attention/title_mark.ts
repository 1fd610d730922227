/** A mark in the title of the page. All widgets of a page share it; the host may change the title meanwhile. */

const MARK = "● ";
const marking = new Set<object>();

/** Marks the title, for this widget. */
export function markTitle(widget: object): void {
  marking.add(widget);
  if (!document.title.startsWith(MARK)) document.title = MARK + document.title;
}

/** Restores the title, unless another widget still marks it. */
export function unmarkTitle(widget: object): void {
  if (!marking.delete(widget) || marking.size > 0) return;
  if (document.title.startsWith(MARK)) document.title = document.title.slice(MARK.length);
}
