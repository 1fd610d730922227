import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Session } from "../protocol";
import { filterSessions } from "../store/tree";
import { useView } from "./context";
import { age } from "./format";
import { Panel } from "./panel";

const SHOWN = 100;

/** Every session that the kernel knows, also those whose tab is closed. */
export function SessionsPanel(): JSX.Element {
  const view = useView();
  const instance = view.instance.value;
  const [words, setWords] = useState("");
  const found = filterSessions(view.sessionsOf(instance?.id), words).sort((one, two) => two.updated - one.updated);
  const open = (session: Session) => {
    view.panel.value = undefined;
    if (instance) void view.actions.selectSession(instance.id, session.id);
  };
  return (
    <Panel title="All sessions">
      <input
        class="ocw-filter"
        type="search"
        aria-label="Filter sessions"
        placeholder="Filter by title"
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <ul class="ocw-found">
        {found.slice(0, SHOWN).map((session) => (
          <li key={session.id}>
            <button type="button" class="ocw-bare" onClick={() => open(session)}>
              <span class="ocw-tab-title">{session.title || "New session"}</span>
              <span class="ocw-muted">
                {[session.parent && "sub-agent", session.closed && "closed", age(session.updated, Date.now())]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="ocw-muted">No session has these words in its title.</p>}
      {found.length > SHOWN && <p class="ocw-muted">{found.length - SHOWN} more: narrow it down.</p>}
      {instance?.moreSessions && (
        <button
          type="button"
          class="ocw-button ocw-small"
          onClick={() => void view.actions.run({ name: "more_sessions", args: { instance: instance.id } })}
        >
          Load older sessions
        </button>
      )}
    </Panel>
  );
}
