/** The list of sessions as rows: the latest first, sub-agents under their parent. Pure. */
import type { Session, SessionId } from "../protocol";

export interface Row {
  session: Session;
  depth: number;
}

/** A session whose parent is not in the list stands for itself. */
export function sessionRows(sessions: Session[]): Row[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const children = new Map<SessionId | undefined, Session[]>();
  for (const session of sessions) {
    const parent = session.parent !== undefined && byId.has(session.parent) ? session.parent : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(session);
    else children.set(parent, [session]);
  }
  const rows: Row[] = [];
  addRows(rows, children, undefined, 0, new Set());
  return rows;
}

function addRows(
  rows: Row[],
  children: Map<SessionId | undefined, Session[]>,
  parent: SessionId | undefined,
  depth: number,
  above: Set<SessionId>,
): void {
  for (const session of (children.get(parent) ?? []).sort(depth === 0 ? latestFirst : oldestFirst)) {
    if (above.has(session.id)) continue;
    rows.push({ session, depth });
    addRows(rows, children, session.id, depth + 1, new Set(above).add(session.id));
  }
}

function latestFirst(one: Session, two: Session): number {
  return two.updated - one.updated || (one.id < two.id ? -1 : 1);
}

/** Sub-agents stand in the order in which they were started. */
function oldestFirst(one: Session, two: Session): number {
  return one.created - two.created || (one.id < two.id ? -1 : 1);
}

/** Open tabs; a closed or archived one only while it is selected. */
export function openSessions(sessions: Session[], selected: SessionId | undefined): Session[] {
  return sessions.filter((session) => !(session.closed || session.archived !== undefined) || session.id === selected);
}

/** Sessions whose title has all the words. */
export function filterSessions(sessions: Session[], words: string): Session[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions.filter((session) => wanted.every((word) => session.title.toLowerCase().includes(word)));
}
