import type { JSX } from "preact";
import type { Pending } from "../../kernel/pending";
import { t } from "../../words/words";
import { Spinner } from "../lib/controls/spinner";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";
import { writtenIn } from "../state/written";

/** A prompt that the kernel has not confirmed yet. */
export function PendingRow({ pending }: { pending: Pending }): JSX.Element {
  const { store } = useView();
  const busy = store.kernelBusy.value;
  const state = store.instances.value.find((each) => each.id === pending.instance)?.connection.state;
  const away = state === "reconnecting" || state === "disconnected";
  return (
    <article class="ocw-message ocw-user ocw-sending" aria-label={t.transcript.you}>
      <div class="ocw-bubble">
        <div class="ocw-user-text" dir="auto">
          {pending.text}
        </div>
        <p class="ocw-state-mark">
          {pending.ours && (busy || away) ? (
            <KeptPrompt pending={pending} why={busy ? t.transcript.waitingForKernel : t.transcript.sentWhenConnected} />
          ) : (
            <OnItsWay busy={busy} />
          )}
        </p>
      </div>
    </article>
  );
}

function OnItsWay({ busy }: { busy: boolean }): JSX.Element {
  return (
    <>
      <Spinner /> {busy ? t.transcript.kernelBusySentSoon : t.transcript.sending}
    </>
  );
}

/** Kernel or server cannot be reached, so the prompt is still in this page and can be taken back. */
function KeptPrompt({ pending, why }: { pending: Pending; why: string }): JSX.Element {
  const view = useView();
  const edit = () => {
    const sent = view.actions.withdraw(pending.key);
    if (sent) view.composer.writeAgain(pending.instance, pending.session, writtenIn(sent));
  };
  return (
    <>
      <Icon name="clock" /> {why}
      <button type="button" class="ocw-link" onClick={edit}>
        {t.transcript.edit}
      </button>
      <button type="button" class="ocw-link" onClick={() => view.actions.withdraw(pending.key)}>
        {t.transcript.remove}
      </button>
    </>
  );
}
