/** All sessions, grouped as families (a session and its sub-agents), with archived families listed separately. Pure. */
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

/**
 * Groups the sessions, most recently active family first. With `words`, keeps only sessions whose title contains all of
 * them, each with its ancestors.
 */
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

/** The maximum depth of nested families: deeper sessions are listed beside their parents. */
const DEEPEST = 50;

interface Place {
  depth: number;
  /** The list that takes the children of this session. */
  below: Family[];
}

/** Builds the trees. A session whose parent is not in the list, or which is its own ancestor, becomes a root. */
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

/**
 * The family and those of its ancestors that have no place yet, outermost first. In a cycle, the walk stops at the
 * first family seen twice.
 */
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
