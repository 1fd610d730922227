/** All sessions as a person looks for them: families (a session and its sub-agents), the archived ones apart. Pure. */
import type { Session, SessionId } from "../protocol";
import { filterSessions } from "./session_tree";

export interface Family {
  session: Session;
  below: Family[];
}

interface Families {
  current: Family[];
  archived: Family[];
}

/** `words`: only those whose title has them all, each with the sessions above it. The latest first, also by its sub-agents. */
export function families(sessions: Session[], words: string): Families {
  const wanted = words.trim() === "" ? sessions : withParents(sessions, filterSessions(sessions, words));
  const times = new Map(grow(wanted).map((family) => [family, latest(family)]));
  const roots = [...times.keys()].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
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

/** Families in families are shown this deep at most: those below stand beside their parents. */
const DEEPEST = 50;

interface Place {
  depth: number;
  /** Where the sessions below it stand. */
  below: Family[];
}

/** A session whose parent is not in the list, or which is its own ancestor, stands for itself. */
function grow(sessions: Session[]): Family[] {
  const families = new Map(sessions.map((session) => [session.id, { session, below: [] as Family[] }]));
  const places = new Map<Family, Place>();
  const roots: Family[] = [];
  for (const family of families.values()) {
    for (const each of withoutPlace(family, families, places)) {
      const above = places.get(parentOf(each, families) ?? each);
      const depth = above ? above.depth + 1 : 0;
      (above?.below ?? roots).push(each);
      places.set(each, { depth, below: above && depth >= DEEPEST ? above.below : each.below });
    }
  }
  for (const { below } of families.values()) below.sort((a, b) => a.session.created - b.session.created);
  return roots;
}

/** The family and those above it that have no place yet, the uppermost first; in a circle, the one that was met first is that. */
function withoutPlace(
  family: Family,
  families: Map<SessionId, Family>,
  places: ReadonlyMap<Family, Place>,
): Iterable<Family> {
  const found = new Set<Family>();
  for (let at: Family | undefined = family; at && !places.has(at); at = parentOf(at, families)) {
    if (found.has(at)) break;
    found.add(at);
  }
  return [...found].reverse();
}

function parentOf({ session: { parent } }: Family, families: Map<SessionId, Family>): Family | undefined {
  return parent === undefined ? undefined : families.get(parent);
}

function latest({ session, below }: Family): number {
  return below.reduce((time, each) => Math.max(time, latest(each)), session.updated);
}
