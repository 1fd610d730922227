import type { JSX } from "preact";
import type { Cause } from "../../protocol";
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
      {wordsOf(cause)}
      {canRevert && (
        <button
          type="button"
          class="ocw-button ocw-small ocw-error-offer"
          disabled={session.status !== "idle"}
          onClick={() => revertTo({ view, instance, session }, prompt)}
        >
          Revert to here
        </button>
      )}
    </p>
  );
}

function wordsOf({ prompt, files }: Cause): string {
  const named = files.map((file) => `“${file}”`).join(", ");
  const where = prompt === "" ? "a prompt without text" : `the prompt “${prompt}”`;
  return `${named} in ${where} ${files.length === 1 ? "is" : "are"} sent to the model with every later prompt.`;
}
