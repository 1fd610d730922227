/**
 * What a view asks of the tree that it is drawn into. Hosts such as marimo draw a widget into a shadow root, and outside
 * of it the browser hides what is inside: `document.activeElement` and the `target` of an event that has reached the
 * document are then the shadow root's host, and the document's selection has no part of the text. Ask here instead.
 */

/** The focused element; the document's if no element of the tree around `near` has the focus. */
export function focusedNear(near: Node | null | undefined): Element | null {
  return shadowRootOf(near)?.activeElement ?? document.activeElement;
}

/** The selected text in the tree around `near`; undefined if nothing is selected there. */
export function selectedNear(near: Node): Range | undefined {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return undefined;
  const range = composedRange(selection, shadowRootOf(near)) ?? selection.getRangeAt(0);
  return range.collapsed ? undefined : range;
}

/** Calls `act` when the pointer is pressed anywhere in the page but inside these elements; the result stops it. */
export function onPressOutside(inside: () => Array<Element | null>, act: () => void): () => void {
  const onDown = (event: Event) => {
    const path = event.composedPath();
    if (!inside().some((element) => element !== null && path.includes(element))) act();
  };
  document.addEventListener("pointerdown", onDown, true);
  return () => document.removeEventListener("pointerdown", onDown, true);
}

/** Calls `act` with a key's events from inside `root` before any listener of the host, which may stand at the document; the result stops it. */
export function onKeysBeforeHost(
  root: Element,
  names: ReadonlyArray<"keydown" | "keyup" | "keypress">,
  act: (event: KeyboardEvent) => void,
): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.composedPath().includes(root)) act(event);
  };
  for (const name of names) window.addEventListener(name, onKey, true);
  return () => {
    for (const name of names) window.removeEventListener(name, onKey, true);
  };
}

function shadowRootOf(near: Node | null | undefined): ShadowRoot | undefined {
  const root = near?.getRootNode();
  return root instanceof ShadowRoot ? root : undefined;
}

/** Browsers before 2025 cannot tell what is selected in a shadow root. */
function composedRange(selection: Selection, root: ShadowRoot | undefined): Range | undefined {
  const found = root && selection.getComposedRanges?.({ shadowRoots: [root] })[0];
  if (!found) return undefined;
  const range = document.createRange();
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  return range;
}
