import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TranscriptCell } from "../../../store/transcript";
import { useView } from "../../state/context";
import { Speech, type Spoken } from "./sentences";

/** Often enough to follow, seldom enough to be heard out. */
const EVERY = 1_500;
/** Messages at the end in which something new may stand. */
const LATEST = 8;

/** Tells a screen reader what the agent says. The conversation itself is silent: its rows come and go as it is scrolled. */
export function SpokenAnswer({ transcript }: { transcript: TranscriptCell | undefined }): JSX.Element {
  const busy = (useView().selection.session.value?.status ?? "idle") !== "idle";
  const ready = transcript?.state.value === "ready";
  const [speech, setSpeech] = useState<Speech>();
  const [words, setWords] = useState("");
  useEffect(() => setSpeech(transcript && ready ? new Speech(latest(transcript)) : undefined), [transcript, ready]);
  useEffect(() => {
    if (!speech || !transcript) return;
    const tell = () => {
      const fresh = speech.next(latest(transcript));
      if (fresh !== "") setWords(fresh);
    };
    const timer = busy ? setInterval(tell, EVERY) : setTimeout(tell, EVERY);
    return () => clearInterval(timer);
  }, [speech, transcript, busy]);
  return (
    <div class="ocw-unseen" aria-live="polite" data-spoken>
      {words}
    </div>
  );
}

function latest(transcript: TranscriptCell): Spoken[] {
  const cells = transcript.messages.peek().slice(-LATEST);
  return cells.map((cell) => ({ head: cell.head.peek(), parts: cell.parts.peek().map((part) => part.part.peek()) }));
}
