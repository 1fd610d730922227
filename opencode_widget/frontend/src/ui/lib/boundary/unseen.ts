/**
 * Tracks what of a request the user cannot have seen yet. A request can be allowed only when nothing is left: the user
 * allows what they could read.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useLayoutEffect, useMemo } from "preact/hooks";

/** What an answer covers: the request alone, or also everything that "Always allow" would allow later. */
export type Reach = "now" | "always";

interface Item {
  words: string;
  reach: Reach;
}

export class Unseen {
  readonly #items: Signal<ReadonlyMap<object, Item>> = signal(new Map());

  get items(): ReadonlySignal<ReadonlyMap<object, Item>> {
    return this.#items;
  }

  /** What the user must see before this answer, in words. */
  before(reach: Reach): string[] {
    const items = [...this.#items.value.values()];
    return items.filter((item) => item.reach === "now" || item.reach === reach).map(({ words }) => words);
  }

  put(place: object, item: Item): void {
    this.#items.value = new Map(this.#items.peek()).set(place, item);
  }

  remove(place: object): void {
    const items = new Map(this.#items.peek());
    if (items.delete(place)) this.#items.value = items;
  }
}

export const UnseenContext = createContext<Unseen | undefined>(undefined);

/**
 * While `words` is set, records that a part of the enclosing request is not visible; outside of a request it does
 * nothing.
 */
export function useUnseen(words: string | undefined, reach: Reach = "now"): void {
  const unseen = useContext(UnseenContext);
  const place = useMemo(() => ({}), []);
  useLayoutEffect(() => {
    if (words === undefined) unseen?.remove(place);
    else unseen?.put(place, { words, reach });
  }, [unseen, words, reach]);
  useLayoutEffect(() => () => unseen?.remove(place), [unseen]);
}
