import type { JSX } from "preact";
import { hostInAscii, hostOf } from "../../../text/address";
import { visible } from "../../../text/visible";
import { Icon } from "../../lib/icons";
import type { ControlProps } from "./control";

/** A step that the user takes on another page: a link to it, with its host. */
export function ExternalLink({ question, about }: ControlProps): JSX.Element {
  const url = question.field?.url ?? "";
  const address = visible(hostInAscii(url));
  if (!/^https?:\/\//i.test(url)) return <code class="ocw-address">{address || "The server gave no address."}</code>;
  return (
    <p class="ocw-external-link">
      <a class="ocw-button" href={url} target="_blank" rel="noopener noreferrer" aria-describedby={about}>
        <Icon name="globe" /> Open {hostOf(url)}
      </a>
      <code class="ocw-address">{address}</code>
      <span class="ocw-muted">Finish there, then come back and submit.</span>
    </p>
  );
}
