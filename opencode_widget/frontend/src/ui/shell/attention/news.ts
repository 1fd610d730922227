/** What happened since the last look at the sessions: turns that ended, and requests that came. Pure. */
import type { InstanceId, Request, Session, SessionId } from "../../../protocol";
import { sessionTitle } from "../../lib/format";

export interface News {
  /** Tells the same news apart from others. */
  id: string;
  instance: InstanceId;
  session: SessionId;
  /** "Fix the parser" */
  title: string;
  kind: "ended" | "waits";
}

type Of<Item> = Record<InstanceId, Item[]>;

/** The turns that ended: sessions of the user's that worked, and work no more. */
export function endedTurns(before: Of<Session>, now: Of<Session>): News[] {
  return entries(now).flatMap(([instance, sessions]) => {
    const working = new Set(
      (before[instance] ?? []).filter((session) => session.status !== "idle").map(({ id }) => id),
    );
    return sessions
      .filter((session) => session.status === "idle" && session.parent === undefined && working.has(session.id))
      .map((session): News => {
        return { id: `ended ${session.id}`, instance, session: session.id, title: titleOf(session), kind: "ended" };
      });
  });
}

/** The requests that were not there before. */
export function newRequests(before: Of<Request>, now: Of<Request>, sessions: Of<Session>): News[] {
  return entries(now).flatMap(([instance, requests]) => {
    const known = new Set((before[instance] ?? []).map(({ id }) => id));
    return requests
      .filter(({ id }) => !known.has(id))
      .map(({ id, session }): News => {
        const title = titleOf((sessions[instance] ?? []).find((each) => each.id === session));
        return { id, instance, session, title, kind: "waits" };
      });
  });
}

function titleOf(session: Session | undefined): string {
  return sessionTitle(session);
}

function entries<Item>(of: Of<Item>): Array<[InstanceId, Item[]]> {
  return Object.entries(of);
}
