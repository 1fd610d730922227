import { useEffect, useState } from "preact/hooks";
import type { InstanceId, Match, Problem, SessionId } from "../../../protocol";
import { t } from "../../../words/words";
import { useView } from "../../state/context";

/** Milliseconds of pause in typing before the kernel is asked. */
const PAUSE = 180;

interface Matches {
  query: string;
  /** Latest first. */
  list: Match[];
  /** True if the whole conversation was searched. */
  complete: boolean;
  problem?: Problem;
}

const NONE: Matches = { query: "", list: [], complete: true };

/** The kernel's matches; `undefined` while it searches. */
export function useMatches(instance: InstanceId, session: SessionId, query: string): Matches | undefined {
  const { actions } = useView();
  const [matches, setMatches] = useState<Matches | undefined>(NONE);
  useEffect(() => {
    const wanted = query.trim();
    if (wanted === "") return setMatches(NONE);
    setMatches(undefined);
    let over = false;
    const timer = setTimeout(async () => {
      const reply = await actions.ask({ name: "search", args: { instance, session, query: wanted } });
      const found = reply.ok ? reply.result : undefined;
      if (over) return;
      setMatches({
        query: wanted,
        list: found?.matches ?? [],
        complete: found?.complete ?? true,
        ...(reply.ok ? {} : { problem: reply.problem }),
      });
    }, PAUSE);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [instance, session, query]);
  return matches;
}

/** "3 of 12", counted from the oldest as a reader meets them, or words if there is nothing to count. */
export function countWords(matches: Matches | undefined, at: number): string {
  if (!matches) return t.transcript.searching;
  if (matches.problem) return matches.problem.message;
  if (matches.query === "") return "";
  if (matches.list.length === 0) return matches.complete ? t.transcript.nothingFound : t.transcript.noResultsYet;
  return t.transcript.matchOf(matches.list.length - at, matches.list.length, !matches.complete);
}
