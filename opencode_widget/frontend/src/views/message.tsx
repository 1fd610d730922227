import type { JSX } from "preact";
import type { MessageHead, SessionId } from "../protocol";
import type { MessageCell } from "../store/cells";
import { useView } from "./context";
import * as format from "./format";
import { Icon, Spinner } from "./icons";
import { modelName } from "./models";
import { PartView } from "./parts/part";
import { ProblemText } from "./problem";

interface Props {
  cell: MessageCell;
  session: SessionId;
}

export function MessageView({ cell, session }: Props): JSX.Element {
  const head = cell.head.value;
  if (head.role === "notice") return <Notice head={head} />;
  return head.role === "user" ? (
    <UserMessage cell={cell} session={session} />
  ) : (
    <Answer cell={cell} session={session} />
  );
}

function UserMessage({ cell, session }: Props): JSX.Element {
  const head = cell.head.value;
  return (
    <article class={`ocw-message ocw-user ocw-${head.state}`} aria-label="You" data-message={head.id}>
      <div class="ocw-bubble" title={format.dateAndTime(head.created)}>
        <Parts cell={cell} session={session} />
        <UserState head={head} />
        {head.error && <MessageError head={head} />}
      </div>
    </article>
  );
}

function UserState({ head }: { head: MessageHead }): JSX.Element | null {
  if (head.state === "sending") {
    return (
      <p class="ocw-state-mark">
        <Spinner /> Sending
      </p>
    );
  }
  if (head.state !== "queued") return null;
  return (
    <p class="ocw-state-mark">
      <Icon name="clock" /> Queued: it follows when the present answer is done
    </p>
  );
}

function Answer({ cell, session }: Props): JSX.Element {
  const head = cell.head.value;
  const streaming = head.state === "streaming";
  return (
    <article
      class={`ocw-message ocw-assistant ocw-${head.state}`}
      aria-label={head.agent ? `Agent ${head.agent}` : "Agent"}
      aria-busy={streaming}
      data-message={head.id}
    >
      {head.summary && (
        <p class="ocw-note">
          <Icon name="note" /> Conversation compacted; this is its summary
        </p>
      )}
      <Parts cell={cell} session={session} />
      {streaming && cell.parts.value.length === 0 && (
        <p class="ocw-thinking">
          <Spinner /> Waiting for the model
        </p>
      )}
      {head.error && <MessageError head={head} />}
      {head.state === "interrupted" && !head.error && (
        <p class="ocw-state-mark">
          <Icon name="cut" /> Stopped
        </p>
      )}
      {!streaming && <Footer head={head} />}
    </article>
  );
}

function Parts({ cell, session }: Props): JSX.Element {
  return (
    <>
      {cell.parts.value.map((part) => (
        <PartView key={part.id} cell={part} message={cell.head} session={session} />
      ))}
    </>
  );
}

function MessageError({ head }: { head: MessageHead }): JSX.Element | null {
  if (!head.error) return null;
  if (head.state === "interrupted") {
    return (
      <p class="ocw-state-mark" title={head.error.message}>
        <Icon name="cut" /> Stopped
      </p>
    );
  }
  return (
    <div class="ocw-error" role="alert">
      <Icon name="alert" />
      <div>
        <ProblemText problem={head.error} />
      </div>
    </div>
  );
}

function Notice({ head }: { head: MessageHead }): JSX.Element | null {
  if (!head.error) return null;
  return (
    <article class="ocw-message ocw-notice" aria-label="Notice" data-message={head.id}>
      <MessageError head={head} />
    </article>
  );
}

function Footer({ head }: { head: MessageHead }): JSX.Element {
  const instance = useView().instance.value;
  const { tokens } = head;
  const all = tokens && tokens.input + tokens.output + tokens.reasoning + tokens.cacheRead + tokens.cacheWrite;
  const facts = [
    head.agent,
    head.model && modelName(instance, head.model),
    format.between(head.created, head.completed),
    tokens && all ? `${format.count(all)} tokens` : undefined,
    head.cost ? format.cost(head.cost) : undefined,
  ].filter(Boolean);
  const detail = tokens
    ? `${tokens.input} in, ${tokens.output} out, ${tokens.reasoning} reasoning, cache ${tokens.cacheRead} read, ${tokens.cacheWrite} written`
    : "";
  return (
    <p class="ocw-footer" title={[format.dateAndTime(head.created), detail].filter(Boolean).join("\n")}>
      {facts.join(" · ")}
    </p>
  );
}
