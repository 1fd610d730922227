import type { JSX } from "preact";
import type { Cause } from "../../protocol";
import { t } from "../../words/words";
import { features } from "../lib/features";
import { useView } from "../state/context";
import { revertTo } from "./message_actions";

/** The prompt whose files make the answer fail, and each later one, with the way to be rid of it. */
export function CauseText({ cause }: { cause: Cause }): JSX.Element {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  const prompt = view.store.transcript.value?.messages.value.find(({ id }) => id === cause.message);
  const canRevert = instance && session && prompt && features(instance).has("revert");
  return (
    <p class="ocw-error-cause">
      {t.message.filesGoWithEveryPrompt(cause.files, cause.prompt)}
      {canRevert && (
        <button
          type="button"
          class="ocw-button ocw-small ocw-error-offer"
          disabled={session.status !== "idle"}
          onClick={() => revertTo({ view, instance, session }, prompt)}
        >
          {t.message.revertToHere}
        </button>
      )}
    </p>
  );
}
