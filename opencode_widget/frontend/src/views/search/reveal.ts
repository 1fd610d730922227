import type { Match, MessageId } from "../../protocol";
import type { TranscriptCell } from "../../store/cells";
import type { View } from "../context";
import type { Scroller } from "../scroller";
import { mark, occurrences, unfold } from "./occurrence";

const PATIENCE = 3_000;

export interface Stage {
  view: View;
  transcript: TranscriptCell;
  scroller: Scroller;
}

/** Brings a match on the screen, however far back it is, and marks it; unless another is `wanted` meanwhile. */
export async function reveal(
  { view, transcript, scroller }: Stage,
  match: Match,
  wanted: () => boolean,
): Promise<void> {
  if (!transcript.message(match.message)) {
    const { instance, session } = transcript;
    await view.actions.run({ name: "older", args: { instance, session, until: match.message } });
    if (!(await arrival(transcript, match.message))) return;
    await drawn();
  }
  if (!wanted()) return;
  scroller.toRow(match.message);
  await drawn();
  const row = scroller.rows.element(match.message);
  if (!row || !wanted()) return;
  const ranges = occurrences(row, match);
  const [first] = ranges;
  mark(row, ranges);
  if (!first) return;
  unfold(first);
  await drawn();
  if (wanted()) scroller.toPlace(first.getBoundingClientRect());
}

/** The kernel's answer may overtake the messages. */
function arrival(transcript: TranscriptCell, id: MessageId): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (there: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(there);
    };
    const timer = setTimeout(() => settle(false), PATIENCE);
    const stop = transcript.messages.subscribe(() => {
      if (transcript.message(id)) queueMicrotask(() => settle(true));
    });
  });
}

/** After the next frame. */
function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
