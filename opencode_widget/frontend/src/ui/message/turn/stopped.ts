/** Tells an answer that was stopped before its first word. */
import type { MessageCell } from "../../../store/transcript";

const SHOWN = new Set(["text", "reasoning", "tool", "file"]);

/** A server completes such an answer without content and without an error: nothing would show that it was stopped. */
export function isEmptyAnswer(cell: MessageCell): boolean {
  const { role, state, error, summary } = cell.head.value;
  if (role !== "assistant" || state !== "complete" || error || summary) return false;
  return !cell.parts.value.some(({ part }) => SHOWN.has(part.value.kind));
}
