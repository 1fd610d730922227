import { useState } from "preact/hooks";
import type { Command, Problem } from "../../protocol";
import { useView } from "../state/context";

type Reply = Extract<Command, { name: "answer_permission" | "answer_question" }>;

/** One answer at a time, on its way; why it did not arrive is said where it was given. */
interface Sending {
  /** Which of the buttons was it? */
  busy: string | undefined;
  problem: Problem | undefined;
  send(button: string, command: Reply): Promise<void>;
}

export function useReply(): Sending {
  const { actions } = useView();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const send = async (button: string, command: Reply) => {
    if (busy !== undefined) return;
    setBusy(button);
    setProblem(undefined);
    const reply = await actions.ask(command);
    setBusy(undefined);
    if (!reply.ok) setProblem(reply.problem);
  };
  return { busy, problem, send };
}
