import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TranscriptCell } from "../../../store/transcript";
import { useView } from "../../state/context";
import { SentenceReader, type SpokenMessage } from "./sentences";

/** Milliseconds between announcements: often enough to follow, seldom enough to be read to the end. */
const EVERY = 1_500;
/** The number of messages at the end that are checked for new text. */
const LATEST = 8;

/**
 * Announces the agent's answer to screen readers. The conversation itself is silent, as scrolling adds and removes its
 * rows.
 */
export function AnswerLiveRegion({ transcript }: { transcript: TranscriptCell | undefined }): JSX.Element {
  const busy = (useView().selection.session.value?.status ?? "idle") !== "idle";
  const ready = transcript?.state.value === "ready";
  const [reader, setReader] = useState<SentenceReader>();
  const [words, setWords] = useState("");
  useEffect(
    () => setReader(transcript && ready ? new SentenceReader(latest(transcript)) : undefined),
    [transcript, ready],
  );
  useEffect(() => {
    if (!reader || !transcript) return;
    const announce = () => {
      const fresh = reader.next(latest(transcript));
      if (fresh !== "") setWords(fresh);
    };
    const timer = busy ? setInterval(announce, EVERY) : setTimeout(announce, EVERY);
    return () => clearInterval(timer);
  }, [reader, transcript, busy]);
  return (
    <div class="ocw-unseen" aria-live="polite" data-spoken>
      {words}
    </div>
  );
}

function latest(transcript: TranscriptCell): SpokenMessage[] {
  const cells = transcript.messages.peek().slice(-LATEST);
  return cells.map((cell) => ({ head: cell.head.peek(), parts: cell.parts.peek().map((part) => part.part.peek()) }));
}
