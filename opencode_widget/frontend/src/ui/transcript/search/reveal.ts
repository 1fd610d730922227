import type { Match, MessageId } from "../../../protocol";
import type { TranscriptCell } from "../../../store/transcript";
import { EARLIER } from "../../lib/controls/paged";
import type { View } from "../../state/context";
import type { Scroller } from "../scroll/scroller";
import { mark, occurrences, unfold } from "./occurrences";

const PATIENCE = 3_000;
/** The number of messages that should be loaded before the one shown. */
const LEAD = 10;

interface RevealTarget {
  view: View;
  transcript: TranscriptCell;
  scroller: Scroller;
}

/** Loads, scrolls to and highlights a match, however far back it is, unless another one is `wanted` meanwhile. */
export async function reveal(
  { view, transcript, scroller }: RevealTarget,
  match: Match,
  wanted: () => boolean,
): Promise<void> {
  const { instance, session } = transcript;
  if (!transcript.message(match.message)) {
    await view.actions.run({ name: "older", args: { instance, session, until: match.message } });
    if (!(await arrival(transcript, () => transcript.message(match.message) !== undefined))) return;
    await drawn();
  }
  if (!wanted()) return;
  if (isNearBeginning(transcript, match.message)) {
    const first = firstOf(transcript);
    await view.actions.run({ name: "older", args: { instance, session } });
    await arrival(transcript, () => firstOf(transcript) !== first);
    await drawn();
  }
  scroller.toRow(match.message);
  await drawn();
  const row = scroller.rows.element(match.message);
  if (!row || !wanted()) return;
  const ranges = await occurrencesIn(row, match);
  const [first] = ranges;
  const others = scroller.rows.drawnElements().filter((each) => each !== row);
  mark(row, [...ranges, ...others.flatMap((each) => occurrences(each, match))], first);
  if (!first) return;
  const grows = unfold(first);
  await drawn();
  if (!wanted()) return;
  if (grows) {
    // The rows above it are drawn in turns: the view holds the message, and no row above it.
    scroller.toRow(match.message);
    await drawn();
  }
  if (wanted()) scroller.toRect(first.getBoundingClientRect());
}

/** Draws more of a long message until the words are in the page. */
export async function occurrencesIn(row: Element, match: Match): Promise<Range[]> {
  let ranges = occurrences(row, match);
  for (let more = earlier(row); more && ranges.length === 0; more = earlier(row)) {
    more.click();
    await drawn();
    ranges = occurrences(row, match);
  }
  return ranges;
}

function earlier(row: Element): HTMLElement | null {
  return row.querySelector<HTMLElement>(`.${EARLIER}`);
}

/** Near the start, scrolling there would load older messages under the reader's eyes, so they are loaded first. */
function isNearBeginning(transcript: TranscriptCell, id: MessageId): boolean {
  const first = transcript.messages.peek().slice(0, LEAD);
  return transcript.more.peek() && first.some((cell) => cell.id === id);
}

function firstOf(transcript: TranscriptCell): MessageId | undefined {
  return transcript.messages.peek()[0]?.id;
}

/** Waits for the messages, as the kernel's reply may overtake them. Resolves to false if they don't arrive. */
function arrival(transcript: TranscriptCell, there: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (arrived: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(arrived);
    };
    const timer = setTimeout(() => settle(false), PATIENCE);
    const stop = transcript.messages.subscribe(() => {
      if (there()) queueMicrotask(() => settle(true));
    });
  });
}

/** Resolves after the next frame. */
function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
