import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { lookUp } from "../../lookup";
import type { MessageHead, SessionId } from "../../protocol";
import type { MessageCell } from "../../store/transcript";
import { visible } from "../../text/visible";
import { t } from "../../words/words";
import { Spinner } from "../lib/controls/spinner";
import { features } from "../lib/features";
import * as format from "../lib/format";
import { Icon } from "../lib/icons";
import { ProblemText } from "../lib/problem";
import { messageState } from "../lib/statuses";
import { SignIn } from "../panels/server/sign_in";
import { useView } from "../state/context";
import { namedChoice } from "../state/options/effective_choice";
import { CauseText } from "./cause_text";
import { Footer } from "./footer";
import { MessageActions } from "./message_actions";
import { Queued } from "./queued_prompt";
import { remedyFor } from "./remedies";
import { Parts } from "./turn/message_parts";
import { isEmptyAnswer } from "./turn/stopped";
import { TurnChanges } from "./turn/turn_changes";
import type { TurnPlace } from "./turn/turn_place";
import { Unanswered } from "./unanswered_prompt";

interface Props {
  cell: MessageCell;
  session: SessionId;
}

interface AnswerProps extends Props {
  turn: TurnPlace;
}

/** True once the pointer or the focus has been on the message; its actions are drawn from then on. */
function useTouched() {
  const [touched, setTouched] = useState(false);
  const touch = () => setTouched(true);
  return { touched, handlers: { onPointerEnter: touch, onFocusIn: touch } };
}

export function MessageView({ cell, session, turn }: AnswerProps): JSX.Element {
  const head = cell.head.value;
  if (head.role === "notice") return <Notice head={head} />;
  return head.role === "user" ? (
    <UserMessage cell={cell} session={session} />
  ) : (
    <AssistantMessage cell={cell} session={session} turn={turn} />
  );
}

function UserMessage({ cell, session }: Props): JSX.Element {
  const head = cell.head.value;
  const { touched, handlers } = useTouched();
  return (
    <article
      class={`ocw-message ocw-user ocw-${messageState(head.state)}`}
      aria-label={t.message.you}
      data-message={head.id}
      {...handlers}
    >
      <div class="ocw-bubble" title={format.dateAndTime(head.created)}>
        <Parts cell={cell} session={session} />
        {head.state === "sending" && <Sending />}
        {head.state === "unanswered" && <Unanswered cell={cell} session={session} />}
        {head.state === "queued" && <Queued cell={cell} session={session} />}
        {head.error && <MessageError head={head} />}
        <div class="ocw-under">
          <MessageActions cell={cell} all={touched} />
        </div>
      </div>
    </article>
  );
}

function Sending(): JSX.Element {
  return (
    <p class="ocw-state-mark">
      <Spinner /> {t.message.sending}
    </p>
  );
}

function AssistantMessage({ cell, session, turn }: AnswerProps): JSX.Element {
  const head = cell.head.value;
  const streaming = head.state === "streaming";
  const step = isStep(cell, turn);
  const { selection } = useView();
  const busy = useComputed(() => selection.busy).value;
  const { touched, handlers } = useTouched();
  return (
    <article
      class={`ocw-message ocw-assistant ocw-${messageState(head.state)} ${step ? "ocw-step" : ""}`}
      aria-label={head.agent ? t.message.agentNamed(head.agent) : t.message.agent}
      aria-busy={streaming}
      data-message={head.id}
      {...handlers}
    >
      {head.summary && (
        <p class="ocw-note">
          <Icon name="note" /> {t.message.compactedSummary}
        </p>
      )}
      <Parts cell={cell} session={session} step={step} turn={turn} />
      {streaming && cell.parts.value.length === 0 && (
        <p class="ocw-thinking">
          <Spinner /> {t.message.waitingForModel}
        </p>
      )}
      {head.error && <MessageError head={head} />}
      {head.state === "interrupted" && !head.error && (
        <p class="ocw-state-mark">
          <Icon name="cut" /> {t.message.stopped}
        </p>
      )}
      {turn.isLast && isEmptyAnswer(cell) && <StoppedEarly session={session} />}
      {turn.isLast && !streaming && !(busy && step) && <TurnChanges steps={turn.steps} />}
      {!streaming && !step && (
        <div class="ocw-under">
          <Footer head={head} turn={turn} />
          <MessageActions cell={cell} all={touched} />
        </div>
      )}
    </article>
  );
}

function StoppedEarly({ session }: { session: SessionId }): JSX.Element {
  const why = lookUp(useView().stops.value, session);
  return (
    <p class="ocw-state-mark">
      <Icon name="cut" /> {why === undefined ? t.message.stoppedEarly : t.message.stoppedWhileWaiting(visible(why))}
    </p>
  );
}

/** True for an answer that another one follows, or will, as it ends in a tool call: a footer would cut the turn in pieces. */
function isStep(cell: MessageCell, turn: TurnPlace): boolean {
  const { state, error } = cell.head.value;
  if (!turn.isLast) return state === "complete" && !error;
  const kinds = cell.parts.value.map((part) => part.part.peek().kind);
  return state === "complete" && !error && kinds.findLast((kind) => kind !== "note" && kind !== "file") === "tool";
}

function MessageError({ head }: { head: MessageHead }): JSX.Element | null {
  if (!head.error) return null;
  if (head.state === "interrupted") {
    return (
      <p class="ocw-state-mark" title={head.error.message}>
        <Icon name="cut" /> {t.message.stopped}
      </p>
    );
  }
  const remedy = remedyFor(head.error);
  return (
    <div class="ocw-error" role="alert">
      <Icon name="alert" />
      <div>
        <ProblemText problem={remedy ? { ...head.error, remedy: remedy.text } : head.error} />
        {head.cause && <CauseText cause={head.cause} />}
        {remedy?.offer === "compact" && <CompactButton />}
        {remedy?.offer === "continue" && <ContinueButton />}
        {remedy?.offer === "sign in" && <SignIn />}
      </div>
    </div>
  );
}

function CompactButton(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  if (!session || !features(instance).has("compact")) return null;
  const args = { instance: instance?.id ?? "", session: session.id };
  return (
    <button
      type="button"
      class="ocw-button ocw-small ocw-error-offer"
      disabled={session.status !== "idle"}
      onClick={() => void view.actions.run({ name: "compact", args })}
    >
      {t.message.compact}
    </button>
  );
}

const CONTINUE = "Continue where you stopped.";

/** Asks for the rest of a reply, as the user would. */
function ContinueButton(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  if (!instance || !session) return null;
  const proceed = async () => {
    const { key } = view.selection;
    const choice = namedChoice(view.composer.choice(key).peek(), session, instance);
    view.sends.value += 1;
    const args = { ...choice, instance: instance.id, session: session.id, text: CONTINUE };
    const reason = await view.actions.send({ name: "prompt", args }, CONTINUE);
    if (reason !== undefined) view.composer.setNote(key, { tone: "bad", text: t.message.notSent(reason) });
  };
  return (
    <button
      type="button"
      class="ocw-button ocw-small ocw-error-offer"
      disabled={session.status !== "idle"}
      onClick={() => void proceed()}
    >
      {t.message.continue}
    </button>
  );
}

function Notice({ head }: { head: MessageHead }): JSX.Element | null {
  if (!head.error) return null;
  return (
    <article class="ocw-message ocw-notice" aria-label={t.message.notice} data-message={head.id}>
      <MessageError head={head} />
    </article>
  );
}
