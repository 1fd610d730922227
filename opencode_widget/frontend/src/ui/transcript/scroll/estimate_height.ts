/**
 * Estimates a message's height before it is first drawn. A wrong estimate is corrected, and the view held, once it is
 * drawn. Pure.
 */
import { lookUp } from "../../../lookup";
import type { Part } from "../../../protocol";
import type { MessageCell } from "../../../store/transcript";

const LINE = 22;
const CHARACTERS = 95;
/** The space around a message, and its footer. */
const AROUND = 40;

const HEIGHTS: Record<Part["kind"], (part: Part) => number> = {
  text: (part) => (part.kind === "text" ? ofText(String(part.text)) : 0),
  reasoning: () => 30,
  tool: () => 34,
  file: () => 40,
  note: () => 24,
};

export function estimateHeight(message: MessageCell): number {
  return message.parts.peek().reduce((sum, { part }) => sum + heightOf(part.peek()), AROUND);
}

/** Accepts any part, so that a malformed message does not break the list. */
function heightOf(part: Part): number {
  return lookUp(HEIGHTS, part.kind)?.(part) ?? 0;
}

function ofText(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return LINE * (lines + Math.ceil(text.length / CHARACTERS));
}
