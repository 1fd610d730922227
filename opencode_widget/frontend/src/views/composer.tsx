import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { NEW } from "../actions";
import { useView } from "./context";
import { Icon } from "./icons";
import { promptArguments, withReturned } from "./prompt";
import { Selectors } from "./selectors";

/** Lines that the box grows to before it scrolls are in the style sheet (`max-height`). */
export function Composer(): JSX.Element {
  const view = useView();
  const box = useRef<HTMLTextAreaElement>(null);
  const { place } = view;
  const draft = view.draft(place);
  const refusal = view.refusals.value[place];
  const busy = useComputed(() => (view.session.value?.status ?? "idle") !== "idle").value;
  const gone = view.store.standing.value === "gone";
  useLayoutEffect(() => growToText(box.current), [draft.value]);
  return (
    <form
      class="ocw-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {refusal && (
        <p class="ocw-refusal" role="alert">
          <Icon name="alert" /> Not sent: {refusal}
        </p>
      )}
      <div class="ocw-box">
        <textarea
          ref={box}
          aria-label="Prompt"
          rows={1}
          placeholder={busy ? "Write on: it is queued" : "Ask, or say what to do"}
          value={draft.value}
          onInput={(event) => {
            draft.value = event.currentTarget.value;
            if (refusal) view.refuse(place, "");
          }}
          onKeyDown={(event) => {
            if (!sends(event)) return;
            event.preventDefault();
            void send();
          }}
        />
        <div class="ocw-box-row">
          <Selectors />
          <div class="ocw-box-buttons">
            {busy && <Stop />}
            <button type="submit" class="ocw-button ocw-primary ocw-send" disabled={draft.value.trim() === "" || gone}>
              <Icon name="send" />
              Send
            </button>
          </div>
        </div>
      </div>
    </form>
  );

  async function send(): Promise<void> {
    const text = draft.peek();
    const instance = view.instance.peek();
    if (text.trim() === "" || !instance || gone) return;
    const choice = view.choice(place).peek();
    draft.value = "";
    view.refuse(place, "");
    // A first prompt makes its session; the next one may come before that is there.
    if (view.sessionId.peek() === undefined) void view.newSession();
    const session = view.sessionId.peek();
    const reason = await view.actions.prompt(promptArguments(instance.id, session, text, choice));
    if (reason === undefined) return;
    const back = session === NEW ? view.place : place;
    view.draft(back).value = withReturned(text, view.draft(back).peek());
    view.refuse(back, reason);
  }
}

/** Enter sends; with Shift it is a new line, and while a character is composed it belongs to the input method. */
function sends(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229;
}

function growToText(box: HTMLTextAreaElement | null): void {
  if (!box) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function Stop(): JSX.Element {
  const view = useView();
  const stop = () => {
    const instance = view.instance.peek()?.id;
    const session = view.sessionId.peek();
    if (instance && session) void view.actions.run({ name: "abort", args: { instance, session } });
  };
  return (
    <button type="button" class="ocw-button ocw-stop" aria-label="Stop" title="Stop" onClick={stop}>
      <span class="ocw-square" aria-hidden="true" />
      <span class="ocw-wide-only">Stop</span>
    </button>
  );
}
