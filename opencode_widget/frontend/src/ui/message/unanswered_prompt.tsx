import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { SessionId } from "../../protocol";
import type { MessageCell } from "../../store/transcript";
import { t } from "../../words/words";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";

interface Props {
  cell: MessageCell;
  session: SessionId;
}

/** A prompt to which no answer will come by itself: its turn was stopped, or failed before its first step. */
export function Unanswered({ cell, session }: Props): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const instance = view.selection.instance.value?.id ?? "";
  const act = async (name: "send_again" | "take_back_prompt") => {
    if (busy) return;
    setBusy(true);
    const written = await view.written(cell);
    const reply = await view.actions.run({ name, args: { instance, session, message: cell.id } });
    setBusy(false);
    // A prompt that is in the session no more must stand in the composer.
    const isGone = reply.ok ? name === "take_back_prompt" : reply.problem.name === "PromptNotSent";
    if (isGone) view.composer.writeAgain(instance, session, written);
  };
  return (
    <p class="ocw-state-mark">
      <Icon name="cut" /> {t.message.notAnswered}
      <button type="button" class="ocw-link" aria-disabled={busy} onClick={() => void act("send_again")}>
        {t.message.sendAgain}
      </button>
      <button type="button" class="ocw-link" aria-disabled={busy} onClick={() => void act("take_back_prompt")}>
        {t.message.takeBack}
      </button>
    </p>
  );
}
