import type { JSX } from "preact";
import type { Session } from "../../../protocol";
import { t } from "../../../words/words";
import { Spinner } from "../../lib/controls/spinner";
import { Icon } from "../../lib/icons";

/** The status of a session, shown before its title. */
export function StatusDot({ session }: { session: Session }): JSX.Element {
  return (
    <span class="ocw-status-dot">
      {session.status === "busy" && <Spinner />}
      {session.status === "retry" && <Icon name="clock" class="ocw-warn" />}
      {session.status === "idle" && <span class={session.unread ? "ocw-dot ocw-dot-unread" : "ocw-dot ocw-dot-idle"} />}
      <span class="ocw-hidden">{statusText(session)}</span>
    </span>
  );
}

function statusText({ status, unread }: Session): string {
  const words = [
    status === "busy" && t.session.busy,
    status === "retry" && t.session.retrying,
    unread && t.session.unread,
  ].filter(Boolean);
  return words.length ? `${words.join(", ")}: ` : "";
}
