import { useState } from "preact/hooks";
import type { Command, Problem } from "../../protocol";
import { useView } from "../state/context";

type ReplyCommand = Extract<Command, { name: "answer_permission" | "answer_question" | "allow_all" }>;

/** Sends one answer at a time; a failure is shown where the user answered. */
interface ReplySender {
  /** The button that was pressed. */
  busy: string | undefined;
  problem: Problem | undefined;
  /** True if the server took the answer. */
  send(button: string, command: ReplyCommand): Promise<boolean>;
}

export function useReply(): ReplySender {
  const { actions } = useView();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const send = async (button: string, command: ReplyCommand) => {
    if (busy !== undefined) return false;
    setBusy(button);
    setProblem(undefined);
    const reply = await actions.ask(command);
    setBusy(undefined);
    if (!reply.ok) setProblem(reply.problem);
    return reply.ok;
  };
  return { busy, problem, send };
}
