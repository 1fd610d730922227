/** A message's place in its turn: a prompt, and the answers to it. Pure. */
import type { MessageId } from "../../../protocol";
import type { MessageCell } from "../../../store/transcript";
import type { Run, Runs } from "./runs";

export interface TurnPlace {
  /** The turn's answers up to this message, oldest first; with it, if it is one. */
  steps: MessageCell[];
  /** True if no other answer of the turn follows. */
  isLast: boolean;
  /** The last answer of the turn before. */
  before: MessageCell | undefined;
  /** The runs of reads and searches that the message has a part of. */
  runs: Run[];
}

/** The place of the message at `index`. Notices belong to no turn. */
export function placeInTurn(cells: MessageCell[], index: number, all: Runs): TurnPlace {
  const steps: MessageCell[] = [];
  let at = index;
  for (; at >= 0 && roleAt(cells, at) !== "user"; at -= 1) {
    if (roleAt(cells, at) === "assistant") steps.unshift(cells[at] as MessageCell);
  }
  const runs = all.get(cells[index] as MessageCell) ?? [];
  return { steps, isLast: !isFollowed(cells, index), before: answerBefore(cells, at), runs };
}

/** The prompt that an answer belongs to. */
export function promptOf(cells: MessageCell[], answer: MessageCell | undefined): MessageId | undefined {
  for (let at = answer ? cells.indexOf(answer) : -1; at >= 0; at -= 1) {
    if (roleAt(cells, at) === "user") return cells[at]?.id;
  }
  return undefined;
}

/** Two places with the same values are the same. */
export function placeKey({ steps, isLast, before, runs }: TurnPlace): unknown[] {
  return [steps.length, steps[0]?.id, isLast, before?.id, ...runs];
}

function isFollowed(cells: MessageCell[], index: number): boolean {
  for (let at = index + 1; at < cells.length; at += 1) {
    const role = roleAt(cells, at);
    if (role !== "notice") return role === "assistant";
  }
  return false;
}

function answerBefore(cells: MessageCell[], index: number): MessageCell | undefined {
  for (let at = index; at >= 0; at -= 1) if (roleAt(cells, at) === "assistant") return cells[at];
  return undefined;
}

function roleAt(cells: MessageCell[], index: number): string | undefined {
  return cells[index]?.head.peek().role;
}
