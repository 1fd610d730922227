/** The keys 1 to 9 choose an option of a question. */
import { isInTextField } from "../../lib/keys/host_keys";

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

/** The place of the option that a key chooses; undefined for any other key. */
function placeOf({ key, altKey, ctrlKey, metaKey }: Key): number | undefined {
  return /^[1-9]$/.test(key) && !altKey && !ctrlKey && !metaKey ? Number(key) - 1 : undefined;
}

/**
 * Chooses an option of the question in which the key was pressed, or of the only one below `root`: with several, a key could
 * mean any of them. In a field the digit is written.
 */
export function chooseByNumber(event: KeyboardEvent, root: HTMLElement): void {
  const place = placeOf(event);
  if (place === undefined || event.defaultPrevented || isInTextField(event)) return;
  const question = questionAt(event.target as Element, root);
  const option = question?.querySelectorAll<HTMLInputElement>(".ocw-options-all input")[place];
  if (!option) return;
  event.preventDefault();
  option.focus({ preventScroll: true });
  option.scrollIntoView?.({ block: "nearest" });
  option.click();
}

function questionAt(target: Element, root: HTMLElement): Element | undefined {
  const own = target.closest("fieldset");
  if (own) return own;
  const all = root.querySelectorAll("fieldset");
  return all.length === 1 ? all[0] : undefined;
}
