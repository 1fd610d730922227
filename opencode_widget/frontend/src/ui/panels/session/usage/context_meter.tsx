import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { MessageHead } from "../../../../protocol";
import type { TranscriptCell } from "../../../../store/transcript";
import { t } from "../../../../words/words";
import { useView } from "../../../state/context";
import { namedChoice } from "../../../state/options/effective_choice";
import { contextUse, fullness, percent, type Usage, usageWords } from "./usage";

/** The usage of the session on screen, recomputed only when a relevant message head changes. */
export function useUsage(): Usage | undefined {
  const view = useView();
  return useComputed(() => {
    const transcript = view.store.transcript.value;
    if (!transcript || transcript.session !== view.selection.sessionId.value) return undefined;
    const { session, instance, key } = view.selection;
    const next = namedChoice(view.composer.choice(key).value, session.value, instance.value);
    return contextUse(headsFromEnd(transcript), instance.value, next.model);
  }).value;
}

function* headsFromEnd(transcript: TranscriptCell): Generator<MessageHead> {
  const messages = transcript.messages.value;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const head = messages[at]?.head.value;
    if (head) yield head;
  }
}

/** Three quarters of a ring, open below: a closed one with a short arc is how a spinner looks. */
const SCALE = "M3.76 12.74a6 6 0 1 1 8.48 0";
/** The shortest arc that is seen, in percent. */
const LEAST = 4;

interface MeterProps {
  usage: Usage;
  /** More facts for the tooltip. */
  more?: string[];
}

/** The used part of the model's context window, as a gauge; in words, too, once it fills up. */
export function ContextMeter({ usage, more = [] }: MeterProps): JSX.Element | null {
  const { share } = usage;
  if (share === undefined) return null;
  const words = usageWords(usage);
  return (
    <span
      class={`ocw-meter ocw-meter-${fullness(share)}`}
      role="meter"
      aria-label={t.session.contextUsed}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={words}
      title={[t.session.contextUsedWords(words), ...more].join(" · ")}
    >
      <svg class="ocw-meter-scale" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SCALE} />
        <path d={SCALE} pathLength={100} stroke-dasharray={`${Math.max(LEAST, share * 100)} 200`} />
      </svg>
      {fullness(share) !== "calm" && <span aria-hidden="true">{percent(share)}</span>}
    </span>
  );
}
