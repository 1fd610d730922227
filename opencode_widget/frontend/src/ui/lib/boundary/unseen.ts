/** What of a request nobody can have read yet. It is allowed when there is nothing left: what is allowed is what was read. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useLayoutEffect, useMemo } from "preact/hooks";

/** What an answer covers: what is asked now, or also what "Always allow" would allow from then on. */
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

  /** What is in the way of an answer, in words. */
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

/** As long as there are words, they say what of the request around here is not to be seen; outside of a request it does nothing. */
export function useUnseen(words: string | undefined, reach: Reach = "now"): void {
  const unseen = useContext(UnseenContext);
  const place = useMemo(() => ({}), []);
  useLayoutEffect(() => {
    if (words === undefined) unseen?.remove(place);
    else unseen?.put(place, { words, reach });
  }, [unseen, words, reach]);
  useLayoutEffect(() => () => unseen?.remove(place), [unseen]);
}
