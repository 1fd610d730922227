/** Keyboard navigation in a menu: which item gets the focus next. Pure. */
import { lookUp } from "../../../lookup";

const STEPS: Record<string, (now: number, last: number) => number> = {
  ArrowDown: (now, last) => (now >= last ? 0 : now + 1),
  ArrowUp: (now, last) => (now <= 0 ? last : now - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * The next item's index; `undefined` if the key means nothing here. A letter goes to the next item that starts with it.
 */
export function itemAfterKey(key: string, labels: string[], now: number): number | undefined {
  if (labels.length === 0) return undefined;
  const step = lookUp(STEPS, key);
  if (step) return step(now, labels.length - 1);
  if (key.length !== 1 || key === " ") return undefined;
  const order = labels.map((_, index) => (now + 1 + index) % labels.length);
  return order.find((index) => labels[index]?.toLowerCase().startsWith(key.toLowerCase()));
}
