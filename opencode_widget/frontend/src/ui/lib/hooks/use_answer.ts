import { useEffect, useState } from "preact/hooks";
import type { Command, CommandName, Problem, Results } from "../../../protocol";
import { useView } from "../../state/context";

export type Answer<Name extends CommandName> =
  | { state: "loading"; before?: Results[Name] | undefined }
  | { state: "failed"; problem: Problem }
  | { state: "ready"; value: Results[Name] | undefined };

/**
 * Asks the kernel when the component mounts, when `key` changes and when `again` is called; the last answer stays until
 * the next arrives.
 */
export function useAnswer<Name extends CommandName>(
  command: Command<Name>,
  key: string,
): { answer: Answer<Name>; again: () => void } {
  const { actions } = useView();
  const [answer, setAnswer] = useState<Answer<Name>>({ state: "loading" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let over = false;
    setAnswer((last) => (last.state === "ready" ? { state: "loading", before: last.value } : { state: "loading" }));
    void actions.ask(command).then((reply) => {
      if (over) return;
      setAnswer(reply.ok ? { state: "ready", value: reply.result } : { state: "failed", problem: reply.problem });
    });
    return () => {
      over = true;
    };
  }, [key, round]);
  return { answer, again: () => setRound((value) => value + 1) };
}

export function lastValue<Name extends CommandName>(answer: Answer<Name>): Results[Name] | undefined {
  if (answer.state === "ready") return answer.value;
  return answer.state === "loading" ? answer.before : undefined;
}
