import type { Signal } from "@preact/signals";
import type { TargetedEvent } from "preact";

/** Keeps what the user did with a fold. Its `open` as it is drawn is no choice of the user's, though the browser reports it. */
export function keepFold(fold: Signal<boolean | undefined>, open: boolean) {
  return ({ currentTarget }: TargetedEvent<HTMLDetailsElement>): void => {
    if (currentTarget.open !== open) fold.value = currentTarget.open;
  };
}
