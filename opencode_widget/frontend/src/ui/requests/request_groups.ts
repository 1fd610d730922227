/** Groups pending requests relative to the session on screen. Pure. */
import type { Request, Session, SessionId } from "../../protocol";
import { t } from "../../words/words";

interface RequestGroups {
  /** Requests of the session on screen, then of its sub-agents at any depth. */
  here: Request[];
  /** Requests of the instance's other sessions. */
  elsewhere: Request[];
}

export function groupRequests(requests: Request[], sessions: Session[], here: SessionId | undefined): RequestGroups {
  const parents = new Map(sessions.map((session) => [session.id, session.parent]));
  const own = requests.filter((request) => request.session === here);
  const below = requests.filter((request) => request.session !== here && isBelow(request.session, here, parents));
  const shown = new Set([...own, ...below]);
  return { here: [...shown], elsewhere: requests.filter((request) => !shown.has(request)) };
}

function isBelow(
  session: SessionId,
  above: SessionId | undefined,
  parents: Map<SessionId, SessionId | undefined>,
): boolean {
  const seen = new Set<SessionId>();
  for (let at = parents.get(session); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === above) return true;
    seen.add(at);
  }
  return false;
}

/** A request in one line, for screen readers. */
export function requestText(request: Request, session: string | undefined): string {
  if (request.kind === "permission") return t.requests.asksPermission(session, request.permission, request.title);
  return t.requests.asks(session, (request.questions ?? []).map((each) => each?.question).join(" "));
}
