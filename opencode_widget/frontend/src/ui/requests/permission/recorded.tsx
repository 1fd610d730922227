import type { JSX } from "preact";

/** In place of the buttons that answer, where a request is only replayed. */
export function Recorded(): JSX.Element {
  return <p class="ocw-muted">This is a replay; nothing can be answered here.</p>;
}
