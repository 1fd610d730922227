/** All sessions as a person looks for them: families (a session and its sub-agents), the archived ones apart. Pure. */
import type { Session, SessionId } from "../protocol";
import { filterSessions } from "./tree";

export interface Family {
  session: Session;
  below: Family[];
}

export interface Families {
  current: Family[];
  archived: Family[];
}

/** `words`: only those whose title has them all, each with the sessions above it. The latest first, also by its sub-agents. */
export function families(sessions: Session[], words: string): Families {
  const wanted = words.trim() === "" ? sessions : withParents(sessions, filterSessions(sessions, words));
  const roots = grow(wanted).sort((one, two) => latest(two) - latest(one));
  return {
    current: roots.filter(({ session }) => session.archived === undefined),
    archived: roots.filter(({ session }) => session.archived !== undefined),
  };
}

function withParents(sessions: Session[], found: Session[]): Session[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const kept = new Set<Session>();
  for (const session of found) {
    let at: Session | undefined = session;
    while (at && !kept.has(at)) {
      kept.add(at);
      at = at.parent === undefined ? undefined : byId.get(at.parent);
    }
  }
  return [...kept];
}

/** A session whose parent is not in the list, or which is its own ancestor, stands for itself. */
function grow(sessions: Session[]): Family[] {
  const families = new Map(sessions.map((session) => [session.id, { session, below: [] as Family[] }]));
  const roots: Family[] = [];
  for (const family of families.values()) {
    const parent = parentOf(family.session, families);
    if (parent) parent.below.push(family);
    else roots.push(family);
  }
  for (const { below } of families.values()) below.sort((one, two) => one.session.created - two.session.created);
  return roots;
}

function parentOf({ id, parent }: Session, families: Map<SessionId, Family>): Family | undefined {
  const found = parent === undefined ? undefined : families.get(parent);
  const seen = new Set([id]);
  let above = found;
  while (above) {
    if (seen.has(above.session.id)) return undefined;
    seen.add(above.session.id);
    above = above.session.parent === undefined ? undefined : families.get(above.session.parent);
  }
  return found;
}

function latest({ session, below }: Family): number {
  return Math.max(session.updated, ...below.map(latest));
}
