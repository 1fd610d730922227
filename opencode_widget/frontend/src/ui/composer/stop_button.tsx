import { useComputed, useSignal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../words/words";
import { useView, type View } from "../state/context";

/** The maximum time between two presses of Escape, in ms. */
const WITHIN = 1_000;

interface Props {
  /** The part of the page in which Escape counts. */
  within: RefObject<HTMLElement | null>;
}

/** Stops the answer: by the button, or by Escape twice. */
export function StopButton({ within }: Props): JSX.Element | null {
  const view = useView();
  const busy = useComputed(() => view.selection.busy).value;
  const armed = useSignal(false);
  useEffect(() => {
    const part = within.current?.closest<HTMLElement>(".ocw-body");
    if (!busy || !part) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.repeat) return;
      clearTimeout(timer);
      if (armed.peek()) stop(view);
      armed.value = !armed.peek();
      if (armed.peek()) timer = setTimeout(() => (armed.value = false), WITHIN);
    };
    part.addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer);
      armed.value = false;
      part.removeEventListener("keydown", onKey);
    };
  }, [busy]);
  if (!busy) return null;
  return (
    <>
      {armed.value && (
        <span class="ocw-stop-hint" role="status">
          {t.composer.escapeAgainToStop}
        </span>
      )}
      <button
        type="button"
        class="ocw-button ocw-stop"
        aria-label={t.composer.stop}
        title={t.composer.stopEscapeTwice}
        onClick={() => stop(view)}
      >
        <span class="ocw-square" aria-hidden="true" />
        <span class="ocw-wide-only">{t.composer.stop}</span>
      </button>
    </>
  );
}

function stop(view: View): void {
  const instance = view.selection.instance.peek()?.id;
  const session = view.selection.sessionId.peek();
  const { status, statusText } = view.selection.session.peek() ?? {};
  if (session && status === "retry") view.stops.value = { ...view.stops.peek(), [session]: statusText ?? "" };
  if (instance && session) void view.actions.run({ name: "abort", args: { instance, session } });
}
