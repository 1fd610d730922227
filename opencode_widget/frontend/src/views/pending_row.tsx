import type { JSX } from "preact";
import type { Pending } from "../store/pending";
import { Spinner } from "./icons";

/** A prompt on its way. */
export function PendingRow({ pending }: { pending: Pending }): JSX.Element {
  return (
    <article class="ocw-message ocw-user ocw-sending" aria-label="You">
      <div class="ocw-bubble">
        <div class="ocw-user-text">{pending.text}</div>
        <p class="ocw-state-mark">
          <Spinner /> Sending
        </p>
      </div>
    </article>
  );
}
