/** The session list as rows: most recent first, sub-agents under their parent. Pure. */
import type { Session, SessionId } from "../protocol";

export interface TreeRow {
  session: Session;
  depth: number;
}

/** The rows of the list. A session whose parent is not in the list becomes a root. */
export function sessionRows(sessions: Session[]): TreeRow[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const children = new Map<SessionId | undefined, Session[]>();
  for (const session of sessions) {
    const parent = session.parent !== undefined && byId.has(session.parent) ? session.parent : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(session);
    else children.set(parent, [session]);
  }
  return walk(children, sessions.length);
}

/** Walks depth first and visits each session once. It does not recurse, as sessions may be nested thousands deep. */
function walk(children: Map<SessionId | undefined, Session[]>, count: number): TreeRow[] {
  const rows: TreeRow[] = [];
  const waiting: TreeRow[] = [];
  const add = (parent: SessionId | undefined, depth: number) => {
    const below = (children.get(parent) ?? []).sort(depth === 0 ? latestFirst : oldestFirst);
    for (const session of below.toReversed()) waiting.push({ session, depth });
  };
  add(undefined, 0);
  for (let row = waiting.pop(); row && rows.length < count; row = waiting.pop()) {
    rows.push(row);
    add(row.session.id, row.depth + 1);
  }
  return rows;
}

function latestFirst(a: Session, b: Session): number {
  return b.updated - a.updated || (a.id < b.id ? -1 : 1);
}

/** Orders sub-agents by start time. */
function oldestFirst(a: Session, b: Session): number {
  return a.created - b.created || (a.id < b.id ? -1 : 1);
}

/** Sessions with an open tab; a closed or archived session counts only while it is selected. */
export function openSessions(sessions: Session[], selected: SessionId | undefined): Session[] {
  return sessions.filter((session) => !(session.closed || session.archived !== undefined) || session.id === selected);
}

/** Sessions whose title contains all the words. */
export function filterSessions(sessions: Session[], words: string): Session[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions.filter((session) => wanted.every((word) => session.title.toLowerCase().includes(word)));
}
