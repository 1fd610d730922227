import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Instance } from "../../protocol";
import { visible } from "../../text/visible";
import { t } from "../../words/words";
import { Spinner } from "../lib/controls/spinner";
import { age, sessionTitle } from "../lib/format";
import { useNow } from "../lib/hooks/use_now";
import { MOD } from "../lib/keys/mod_key";
import { useView } from "../state/context";
import { recentSessions, suggestedPrompts } from "./suggestions";

/** A conversation without messages. */
export function Welcome(): JSX.Element {
  const instance = useView().selection.instance.value;
  const state = instance?.connection.state;
  if (state === "connecting") return <Starting />;
  if (!instance || state !== "connected") {
    return (
      <div class="ocw-blank">
        <p class="ocw-blank-title">{t.transcript.notConnected}</p>
        <p class="ocw-muted">{t.transcript.canAlreadyType}</p>
      </div>
    );
  }
  const folder = instance.directory ?? instance.title;
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">{t.transcript.whatAreWeWorkingOn}</p>
      <p class="ocw-muted" title={folder}>
        {t.transcript.inFolder(<strong>{visible(lastOf(folder))}</strong>)}
      </p>
      <Suggestions instance={instance} />
      <Keys />
    </div>
  );
}

function lastOf(path: string): string {
  return path.split(/[\\/]/).findLast((name) => name !== "") ?? path;
}

/** Prompts to begin with, which the user sends, and sessions to continue. */
function Suggestions({ instance }: { instance: Instance }): JSX.Element {
  const { selection, composer, actions } = useView();
  const now = useNow();
  const draft = composer.draft(selection.key);
  const empty = useComputed(() => draft.content.value.text.trim() === "").value;
  const recent = recentSessions(selection.sessionsOf(instance.id), selection.sessionId.value);
  const write = (prompt: string) => {
    draft.write(prompt);
    composer.focusPrompt();
  };
  return (
    <div class="ocw-suggestions">
      {suggestedPrompts(instance).map((prompt) => (
        <button key={prompt} type="button" class="ocw-button" disabled={!empty} onClick={() => write(prompt)}>
          {prompt}
        </button>
      ))}
      {recent.map((session) => (
        <button
          key={session.id}
          type="button"
          class="ocw-button"
          onClick={() => void actions.selectSession(instance.id, session.id)}
        >
          <span class="ocw-tab-title" dir="auto">
            {t.transcript.continue(visible(sessionTitle(session)))}
          </span>
          <span class="ocw-muted">{age(session.updated, now)}</span>
        </button>
      ))}
    </div>
  );
}

const KEYS: Array<[key: string, meaning: () => string]> = [
  ["/", () => t.transcript.commands],
  ["@", () => t.transcript.files],
  ["!", () => t.transcript.shell],
  ["Esc Esc", () => t.transcript.stop],
  [`${MOD}+K`, () => t.transcript.everythingElse],
];

function Keys(): JSX.Element {
  return (
    <p class="ocw-muted ocw-welcome-keys">
      {KEYS.map(([key, meaning]) => (
        <span key={key}>
          <kbd>{key}</kbd> {meaning()}
        </span>
      ))}
    </p>
  );
}

/** The first minute: nothing has failed, and nothing has to be waited for. */
function Starting(): JSX.Element {
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">
        <Spinner /> {t.transcript.startingOpencode}
      </p>
      <p class="ocw-muted">{t.transcript.canAlreadyType}</p>
    </div>
  );
}
