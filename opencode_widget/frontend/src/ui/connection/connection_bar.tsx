import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isConfirmed, isOver, type LinkState } from "../../kernel/page_state";
import type { Connection, Instance } from "../../protocol";
import { t } from "../../words/words";
import { copyReport } from "../lib/controls/report";
import { clock, isoTime } from "../lib/format";
import { Icon } from "../lib/icons";
import { ProblemText } from "../lib/problem";
import { connectionState } from "../lib/statuses";
import { useView } from "../state/context";
import { connectionText } from "./connection_text";
import { ReplayControls, replayState } from "./replay_bar";

/** The state of the instance's connection, in words. */
export function ConnectionBar(): JSX.Element | null {
  const {
    store,
    selection: { instance: shown },
  } = useView();
  const instance = shown.value;
  const linkState = store.linkState.value;
  // Without a kernel the state of the connection is unknown.
  if (!instance || isOver(linkState)) return null;
  return isConfirmed(linkState) && linkState !== "lost" ? (
    <Bar instance={instance} />
  ) : (
    <UnconfirmedBar instance={instance} state={linkState} />
  );
}

function unconfirmedWords(state: LinkState): string {
  if (state === "saved") return t.connection.noKernel;
  return state === "lost" ? t.connection.noJupyterServer : t.connection.waitingForKernel;
}

/** Without the kernel's word: until it answers, the traits say how it was when they were saved or sent. */
function UnconfirmedBar({ instance, state }: { instance: Instance; state: LinkState }): JSX.Element {
  return (
    <div class="ocw-connection">
      <span class="ocw-dot" aria-hidden="true" />
      <div class="ocw-connection-words">
        <span role="status" class="ocw-state ocw-muted">
          {unconfirmedWords(state)}
        </span>
        {state === "waiting" && <span class="ocw-muted">{instance.connection.detail}</span>}
      </div>
      <Facts instance={instance} />
    </div>
  );
}

function Bar({ instance }: { instance: Instance }): JSX.Element {
  const { connection } = instance;
  const left = useCountdown(connection);
  const replay = connection.state === "connected" ? instance.replay : undefined;
  return (
    <div class={`ocw-connection ocw-is-${connectionState(connection.state)}`}>
      <span class="ocw-dot" aria-hidden="true" />
      <div class="ocw-connection-words">
        <span role="status" class="ocw-state" title={replay && t.connection.replayHint}>
          {replay ? replayState(replay) : connectionText(connection, left)}
        </span>
        {!instance.replay && <ReconnectButton instance={instance} />}
        {connection.problem && connection.state !== "connected" && <Reason instance={instance} />}
        {!connection.problem && connection.detail && connection.detail !== instance.version && (
          <span class="ocw-muted">{connection.detail}</span>
        )}
      </div>
      {replay && <ReplayControls replay={replay} />}
      <Facts instance={instance} />
      {!instance.restricted && <ServerButton instance={instance} />}
    </div>
  );
}

/** What happened, since when, and what to do; with a button that copies everything for a report. */
function Reason({ instance }: { instance: Instance }): JSX.Element | null {
  const view = useView();
  const { problem, since } = instance.connection;
  if (!problem) return null;
  return (
    <span class="ocw-reason">
      {since !== undefined && (
        <span class="ocw-muted">{t.connection.since(<time dateTime={isoTime(since)}>{clock(since)}</time>)} </span>
      )}
      <ProblemText problem={problem} />{" "}
      {!instance.restricted && (
        <button type="button" class="ocw-link" onClick={() => void copyReport(view, instance.id)}>
          {t.connection.copyReport}
        </button>
      )}
    </span>
  );
}

function ServerButton({ instance }: { instance: Instance }): JSX.Element {
  const { panels } = useView();
  const facts = [instance.version, instance.directory, instance.url].filter(Boolean);
  return (
    <button
      type="button"
      class="ocw-bare ocw-tiny"
      aria-label={t.connection.server}
      title={[t.connection.serverHint, ...facts].join("\n")}
      aria-expanded={panels.panel.value === "server"}
      onClick={() => {
        panels.toggle("server");
      }}
    >
      <Icon name="server" />
    </button>
  );
}

function ReconnectButton({ instance }: { instance: Instance }): JSX.Element | null {
  const { actions } = useView();
  const { state, retryIn } = instance.connection;
  const reconnect = () => actions.run({ name: "reconnect", args: { instance: instance.id } });
  if (state === "disconnected") {
    return (
      <button type="button" class="ocw-button ocw-small" onClick={reconnect}>
        {t.connection.reconnect}
      </button>
    );
  }
  if (state !== "reconnecting" || retryIn === 0) return null;
  return (
    <button type="button" class="ocw-button ocw-small" aria-label={t.connection.reconnectNow} onClick={reconnect}>
      {t.connection.retryNow}
    </button>
  );
}

function Facts({ instance }: { instance: Instance }): JSX.Element {
  const where = instance.directory ?? instance.url ?? "";
  return (
    <div class="ocw-facts ocw-muted">
      {instance.version && (
        <span title={instance.dialect && t.connection.apiVersion(instance.dialect)}>{instance.version}</span>
      )}
      {!instance.version && instance.dialect && <span>{instance.dialect}</span>}
      {where && (
        <span class="ocw-path" title={[instance.directory, instance.url].filter(Boolean).join("\n")}>
          <bdi>{where}</bdi>
        </span>
      )}
    </div>
  );
}

/** Milliseconds to the next attempt, counted from when the state arrived. */
function useCountdown(connection: Connection): number {
  const [left, setLeft] = useState(connection.retryIn ?? 0);
  useEffect(() => {
    const end = performance.now() + (connection.retryIn ?? 0);
    const show = () => setLeft(Math.max(0, end - performance.now()));
    show();
    if (connection.state !== "reconnecting" || !connection.retryIn) return;
    const timer = setInterval(show, 250);
    return () => clearInterval(timer);
  }, [connection]);
  return left;
}
