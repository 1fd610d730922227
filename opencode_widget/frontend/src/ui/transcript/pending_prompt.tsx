import type { JSX } from "preact";
import type { Pending } from "../../kernel/pending";
import { Spinner } from "../lib/controls/spinner";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";
import { writtenIn } from "../state/written";

/** A prompt that the kernel has not confirmed yet. */
export function PendingRow({ pending }: { pending: Pending }): JSX.Element {
  const busy = useView().store.kernelBusy.value;
  return (
    <article class="ocw-message ocw-user ocw-sending" aria-label="You">
      <div class="ocw-bubble">
        <div class="ocw-user-text" dir="auto">
          {pending.text}
        </div>
        <p class="ocw-state-mark">
          {pending.ours && busy ? <KeptPrompt pending={pending} /> : <OnItsWay busy={busy} />}
        </p>
      </div>
    </article>
  );
}

function OnItsWay({ busy }: { busy: boolean }): JSX.Element {
  return (
    <>
      <Spinner /> {busy ? "Sent: the kernel is busy, and takes it when it is free" : "Sending"}
    </>
  );
}

/** The kernel is busy, so the prompt is still in this page and can be taken back. */
function KeptPrompt({ pending }: { pending: Pending }): JSX.Element {
  const view = useView();
  const edit = () => {
    const sent = view.actions.withdraw(pending.key);
    if (sent) view.composer.writeAgain(pending.instance, pending.session, writtenIn(sent));
  };
  return (
    <>
      <Icon name="clock" /> Waits for the kernel
      <button type="button" class="ocw-link" onClick={edit}>
        Edit
      </button>
      <button type="button" class="ocw-link" onClick={() => view.actions.withdraw(pending.key)}>
        Remove
      </button>
    </>
  );
}
