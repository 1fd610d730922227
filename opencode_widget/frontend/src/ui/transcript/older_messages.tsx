import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TranscriptCell } from "../../store/transcript";
import { t } from "../../words/words";
import { Spinner } from "../lib/controls/spinner";
import { useView } from "../state/context";

/** Shown above the first message while there are older ones, which load when the reader gets near. */
export function OlderMessages({
  transcript,
  nearStart,
}: {
  transcript: TranscriptCell;
  nearStart: Signal<boolean>;
}): JSX.Element | null {
  const view = useView();
  const [asking, setAsking] = useState(false);
  const first = transcript.messages.value[0]?.id;
  const ask = async () => {
    const { instance, session } = transcript;
    setAsking(true);
    await view.actions.run({ name: "older", args: { instance, session } });
    setAsking(false);
  };
  const more = transcript.more.value && transcript.state.value === "ready";
  const wanted = nearStart.value && more;
  useEffect(() => {
    if (wanted && !asking) void ask();
  }, [wanted, first]);
  if (!more) return null;
  return (
    <p class="ocw-older ocw-muted">
      {asking ? (
        <>
          <Spinner /> {t.transcript.olderMessages}
        </>
      ) : (
        <button type="button" class="ocw-link" onClick={() => void ask()}>
          {t.transcript.olderMessages}
        </button>
      )}
    </p>
  );
}
