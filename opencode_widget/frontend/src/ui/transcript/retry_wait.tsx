import type { JSX } from "preact";
import type { Session } from "../../protocol";
import { hostOf } from "../../text/address";
import { t } from "../../words/words";
import { clock, dateAndTime, duration } from "../lib/format";
import { useNow } from "../lib/hooks/use_now";
import { Icon } from "../lib/icons";

const DAY = 24 * 3600_000;

/** The server waits before it asks the model again: why, until when, and what it advises. */
export function RetryWait({ session }: { session: Session }): JSX.Element {
  const now = useNow(1000);
  const { statusText = t.transcript.retryingSoon, retryAt, retryAdvice, retryLink } = session;
  const host = retryLink?.startsWith("https://") ? hostOf(retryLink) : undefined;
  return (
    <p class="ocw-state-mark">
      <Icon name="clock" /> {statusText}
      {retryAt ? `, ${again(retryAt, now)}` : ""}
      {retryAdvice && <span>{retryAdvice}</span>}
      {host && (
        <a href={retryLink} target="_blank" rel="noopener noreferrer">
          {host}
        </a>
      )}
    </p>
  );
}

/** "again at 04:13 (in 3 h 0 min)"; the date too where it is not within a day. */
export function again(at: number, now: number): string {
  if (at <= now) return t.transcript.retryingNow;
  const when = at - now < DAY ? clock(at) : dateAndTime(at);
  return t.transcript.retryingAtIn(when, duration(Math.ceil((at - now) / 1000) * 1000));
}
