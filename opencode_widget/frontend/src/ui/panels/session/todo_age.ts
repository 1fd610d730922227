/** Whether a to-do list still matters. Pure but for the cells it reads. */
import type { MessageCell } from "../../../store/transcript";

/** True if a whole turn has passed since the agent last changed its list, as far as the page's messages tell. */
export function isStale(messages: MessageCell[], busy: boolean): boolean {
  let prompts = 0;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const cell = messages[at] as MessageCell;
    if (cell.head.peek().role === "user") prompts += 1;
    else if (cell.parts.peek().some(({ part }) => isPlan(part.peek()))) return prompts > 1 || (prompts === 1 && !busy);
  }
  return false;
}

function isPlan(part: { kind: string; tool?: string }): boolean {
  return part.kind === "tool" && part.tool === "todowrite";
}
