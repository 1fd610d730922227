import type { JSX } from "preact";
import { hostInAscii, hostOf } from "../../../text/address";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import type { ControlProps } from "./control";

/** A step that the user takes on another page: a link to it, with its host. */
export function ExternalLink({ question, about }: ControlProps): JSX.Element {
  const url = question.field?.url ?? "";
  const address = visible(hostInAscii(url));
  if (!/^https?:\/\//i.test(url)) return <code class="ocw-address">{address || t.requests.noAddress}</code>;
  return (
    <p class="ocw-external-link">
      <a class="ocw-button" href={url} target="_blank" rel="noopener noreferrer" aria-describedby={about}>
        <Icon name="globe" /> {t.requests.open(hostOf(url))}
      </a>
      <code class="ocw-address">{address}</code>
      <span class="ocw-muted">{t.requests.finishThere}</span>
    </p>
  );
}
