import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { PermissionRequest } from "../protocol";
import { useView } from "./context";
import { Spinner } from "./controls/spinner";
import { features } from "./features";
import { Icon } from "./icons";
import { DiffView, useDiffs } from "./parts/diff_view";
import { inputText } from "./parts/input";
import { shortPath } from "./parts/paths";
import { allVisible } from "./parts/visible";
import { detailsOf, questionOf, type Target, targetsOf } from "./permission_words";
import { ProblemText } from "./problem";
import { useReply } from "./reply";
import { From } from "./requests";

type Answer = "once" | "always" | "reject";

export function PermissionView(props: { request: PermissionRequest }): JSX.Element {
  // What is allowed must be what was read.
  const request = useMemo(() => allVisible(props.request), [props.request]);
  const instance = useView().instance.value;
  const [why, setWhy] = useState<string>();
  const { busy, problem, send } = useReply();
  const answer = (reply: Answer) => {
    const message = reply === "reject" ? why?.trim() : undefined;
    const args = { instance: instance?.id ?? "", request: request.id, reply, ...(message ? { message } : {}) };
    void send(reply, { name: "answer_permission", args });
  };
  const [icon, question] = questionOf(request.permission);
  return (
    <section aria-label={`Permission: ${request.permission}`} aria-busy={busy !== undefined}>
      <p class="ocw-request-head">
        <Icon name={icon} class="ocw-warn" />
        <strong>{question}</strong>
        <span class="ocw-tag">{request.permission}</span>
        <From request={request} />
      </p>
      {request.note && <p class="ocw-request-note">{request.note}</p>}
      <What request={request} />
      {why !== undefined && <Why value={why} onValue={setWhy} onSend={() => answer("reject")} />}
      <div class="ocw-request-buttons">
        {instance?.restricted ? (
          <span class="ocw-muted">Only the author of this app can allow this.</span>
        ) : (
          <>
            <Choice reply="once" label="Allow once" busy={busy} onAnswer={answer} />
            <Choice reply="always" label="Always allow" busy={busy} onAnswer={answer} />
          </>
        )}
        <Choice reply="reject" label="Reject" busy={busy} onAnswer={answer} />
        {why === undefined && features(instance).has("reject_message") && (
          <button type="button" class="ocw-link" onClick={() => setWhy("")}>
            Say why…
          </button>
        )}
        <Covered patterns={request.always} />
      </div>
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
    </section>
  );
}

interface ChoiceProps {
  reply: Answer;
  label: string;
  busy: string | undefined;
  onAnswer: (reply: Answer) => void;
}

function Choice({ reply, label, busy, onAnswer }: ChoiceProps): JSX.Element {
  return (
    <button
      type="button"
      class={`ocw-button ${reply === "once" ? "ocw-primary" : ""}`}
      aria-disabled={busy !== undefined}
      onClick={() => onAnswer(reply)}
    >
      {busy === reply && <Spinner />}
      {label}
    </button>
  );
}

interface WhyProps {
  value: string;
  onValue: (value: string) => void;
  onSend: () => void;
}

/** Words to the model with a "Reject". */
function Why({ value, onValue, onSend }: WhyProps): JSX.Element {
  return (
    <input
      class="ocw-free"
      type="text"
      aria-label="Reason for rejecting"
      placeholder="What should it do instead?"
      value={value}
      ref={(input) => {
        if (input && value === "") input.focus({ preventScroll: true });
      }}
      onInput={(event) => onValue(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.isComposing) onSend();
      }}
    />
  );
}

function Covered({ patterns }: { patterns: string[] }): JSX.Element | null {
  if (patterns.length === 0) return null;
  return (
    <span class="ocw-muted ocw-always">
      Always covers{" "}
      {patterns.map((pattern, index) => (
        <>
          {index > 0 && ", "}
          <code>{pattern}</code>
        </>
      ))}
    </span>
  );
}

/** What exactly would be done. */
function What({ request }: { request: PermissionRequest }): JSX.Element {
  const details = inputText({ tool: request.permission, input: detailsOf(request) });
  return (
    <>
      {targetsOf(request).map((target) => (
        <TargetView key={target.kind + target.text} target={target} />
      ))}
      {details && (
        <details class="ocw-more">
          <summary>Details</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard */}
          <pre class="ocw-io" tabIndex={0}>
            {details}
          </pre>
        </details>
      )}
    </>
  );
}

function TargetView({ target: { kind, text } }: { target: Target }): JSX.Element {
  if (kind === "diff") return <Change diff={text} />;
  return <Plain kind={kind} text={text} />;
}

/** Drawn as the tools draw what they have done. */
function Change({ diff }: { diff: string }): JSX.Element {
  const directory = useView().instance.value?.directory;
  const changes = useDiffs(diff);
  if (changes.length === 0) return <Plain kind="diff" text={diff} />;
  return (
    <>
      {changes.map((change, index) => (
        <DiffView key={index} change={change} label={shortPath(change.to ?? change.from ?? "the file", directory)} />
      ))}
    </>
  );
}

function Plain({ kind, text }: Target): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
    <pre class={`ocw-io ocw-request-what ocw-what-${kind}`} tabIndex={0}>
      {text}
    </pre>
  );
}
