/** A session in which the agent needs no permission: the user allowed everything, also for its sub-agents. */
import type { JSX } from "preact";
import type { Instance, Session, SessionId } from "../../../protocol";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { useView, type View } from "../../state/context";

/** The session that starts the line of parents to which a session belongs: the user's own. */
export function rootOf(sessions: Session[], id: SessionId): SessionId {
  return lineOf(sessions, id).at(-1)?.id ?? id;
}

/** The session in which everything is allowed: this one, or one that started it. */
export function allowingSession(sessions: Session[], id: SessionId | undefined): Session | undefined {
  return lineOf(sessions, id).find((session) => session.allowsAll);
}

/** A session, its parent, and so on. */
function lineOf(sessions: Session[], id: SessionId | undefined): Session[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const line = new Set<Session>();
  for (let at = byId.get(id ?? ""); at && !line.has(at); at = byId.get(at.parent ?? "")) line.add(at);
  return [...line];
}

export async function allowAll(view: View, instance: Instance, session: SessionId, allowed: boolean): Promise<void> {
  await view.actions.run({ name: "allow_all", args: { instance: instance.id, session, allowed } });
}

function useAllowing(): Session | undefined {
  const { selection } = useView();
  return allowingSession(selection.sessionsOf(selection.instance.value?.id), selection.sessionId.value);
}

/** The mark in the head of the session. */
export function AllowAllMark(): JSX.Element | null {
  if (!useAllowing()) return null;
  return (
    <span class="ocw-allow-all-mark" title={t.session.allowedWithoutAsking}>
      <Icon name="alert" />
      <span>{t.session.everythingAllowed}</span>
    </span>
  );
}

/** The mark at the composer, with the end. */
export function AllowAllBar(): JSX.Element | null {
  const view = useView();
  const session = useAllowing();
  const instance = view.selection.instance.value;
  if (!session || !instance) return null;
  return (
    <section class="ocw-allow-all" aria-label={t.session.everythingIsAllowed}>
      <Icon name="alert" />
      <span class="ocw-allow-all-words">{t.session.everythingIsAllowedHere}</span>
      <button
        type="button"
        class="ocw-button ocw-small"
        onClick={() => void allowAll(view, instance, session.id, false)}
      >
        {t.session.askAgain}
      </button>
    </section>
  );
}
