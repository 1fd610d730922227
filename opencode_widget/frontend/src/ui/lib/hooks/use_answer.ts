import { useEffect, useState } from "preact/hooks";
import type { Command, Problem } from "../../../protocol";
import { useView } from "../../state/context";

export type Answer<T> =
  | { state: "loading"; before?: T }
  | { state: "failed"; problem: Problem }
  | { state: "ready"; value: T };

/** Asks the kernel while the component is there, again when `key` changes or `again` is called; the last answer stands meanwhile. */
export function useAnswer<T>(command: Command, key: string): { answer: Answer<T>; again: () => void } {
  const { actions } = useView();
  const [answer, setAnswer] = useState<Answer<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let over = false;
    setAnswer((last) => (last.state === "ready" ? { state: "loading", before: last.value } : { state: "loading" }));
    void actions.ask(command).then((reply) => {
      if (over) return;
      setAnswer(
        reply.ok
          ? { state: "ready", value: reply.result as T }
          : { state: "failed", problem: reply.problem ?? { name: "Refused", message: "The kernel gave no answer." } },
      );
    });
    return () => {
      over = true;
    };
  }, [key, round]);
  return { answer, again: () => setRound((value) => value + 1) };
}

export function lastValue<T>(answer: Answer<T>): T | undefined {
  if (answer.state === "ready") return answer.value;
  return answer.state === "loading" ? answer.before : undefined;
}
