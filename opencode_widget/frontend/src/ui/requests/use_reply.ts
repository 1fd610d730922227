import { useState } from "preact/hooks";
import type { Command, Problem } from "../../protocol";
import { useView } from "../state/context";

type Reply = Extract<Command, { name: "answer_permission" | "answer_question" }>;

/** Sends one answer at a time; a failure is shown where the user answered. */
interface Sending {
  /** The button that was pressed. */
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
