/** Moves the focus without scrolling, so that the notebook stays where the reader has it. */
export function focusInPlace(element: HTMLElement | null | undefined): void {
  element?.focus({ preventScroll: true });
}
