/**
 * When the focused element disappears, moves the focus to what is nearest, so that a keyboard user never starts again
 * at the top of the page.
 */

import { focusedNear } from "../lib/controls/tree_root";

const FOCUSABLE = ["a[href]", "button", "input", "select", "summary", "textarea", "[tabindex]"]
  .map((each) => `${each}:not([tabindex="-1"], :disabled, [hidden])`)
  .join(", ");
/** Inside these areas the prompt is the likely next stop. */
const AT_PROMPT = ".ocw-composer, .ocw-composer *, .ocw-head, .ocw-main, .ocw-body, .ocw-app";
/** Where a request stands in the composer's place: the way back, as what a key does there harms nothing. */
const PROMPT = ".ocw-composer textarea, .ocw-instead button";

/** Watches the focus in `root`; the result stops it. */
export function keepFocus(root: HTMLElement): () => void {
  let last: Element | undefined;
  let around: Element[] = [];
  const onFocusIn = (event: FocusEvent) => {
    last = event.target as Element;
    around = [...ancestors(last, root)];
  };
  /** Browsers may also fire this for an element being removed; the observer then handles it before this timer runs. */
  const onFocusOut = ({ target }: FocusEvent) => {
    setTimeout(() => {
      if (target === last && focusedNear(root) !== target) last = undefined;
    });
  };
  const observer = new MutationObserver(() => {
    if (!last || isThere(last)) return;
    last = undefined;
    if (isNowhere(root)) nextTo(around, root)?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  root.addEventListener("focusin", onFocusIn);
  root.addEventListener("focusout", onFocusOut);
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", onFocusIn);
    root.removeEventListener("focusout", onFocusOut);
  };
}

function* ancestors(element: Element, root: Element): Generator<Element> {
  for (let at = element.parentElement; at && root.contains(at); at = at.parentElement) yield at;
}

function isThere(element: Element): boolean {
  return element.isConnected && !element.matches(":disabled");
}

function isNowhere(root: HTMLElement): boolean {
  const now = focusedNear(root);
  return now === null || now === document.body || !isThere(now);
}

/** The first focusable element in the smallest remaining area. */
function nextTo(around: Element[], root: HTMLElement): HTMLElement | null {
  const prompt = root.querySelector<HTMLElement>(PROMPT);
  for (const place of around) {
    if (!place.isConnected) continue;
    if (prompt && place.matches(AT_PROMPT)) return prompt;
    const found = place.querySelector<HTMLElement>(FOCUSABLE);
    if (found) return found;
  }
  return prompt;
}
