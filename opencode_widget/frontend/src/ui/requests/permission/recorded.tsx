import type { JSX } from "preact";
import { t } from "../../../words/words";

/** In place of the buttons that answer, where a request is only replayed. */
export function Recorded(): JSX.Element {
  return <p class="ocw-muted">{t.requests.isReplay}</p>;
}
