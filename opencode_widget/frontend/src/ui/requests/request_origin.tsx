import type { JSX } from "preact";
import type { Request } from "../../protocol";
import { visible } from "../../text/visible";
import { t } from "../../words/words";
import { sessionTitle } from "../lib/format";
import { useView } from "../state/context";

/** The session that asks, as a link to it; null if it is on screen. */
export function RequestOrigin({ request }: { request: Request }): JSX.Element | null {
  const view = useView();
  const title = useSessionTitle(request);
  if (request.session === view.selection.sessionId.value) return null;
  const instance = view.selection.instance.value?.id ?? "";
  return (
    <button type="button" class="ocw-link" onClick={() => void view.actions.selectSession(instance, request.session)}>
      {t.requests.inSession(title)}
    </button>
  );
}

export function useSessionTitle(request: Request): string {
  const view = useView();
  const session = view.selection
    .sessionsOf(view.selection.instance.value?.id)
    .find((each) => each.id === request.session);
  return visible(session?.title ? sessionTitle(session) : "") || t.requests.anotherSession;
}
