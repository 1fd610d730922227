/** Moves the focus without scrolling: the notebook around the widget must stay where the reader has it. */
export function focusInPlace(element: HTMLElement | null | undefined): void {
  element?.focus({ preventScroll: true });
}
