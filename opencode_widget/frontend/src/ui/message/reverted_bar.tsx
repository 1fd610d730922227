import type { JSX } from "preact";
import { plural } from "../lib/format";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";

/** Says what a revert removed, and offers to restore it. */
export function RevertedBar(): JSX.Element | null {
  const view = useView();
  const transcript = view.store.transcript.value;
  const reverted = transcript?.reverted.value;
  if (!transcript || !reverted || transcript.session !== view.selection.sessionId.value) return null;
  const { instance, session } = transcript;
  return (
    <section class="ocw-reverted" aria-label="Reverted">
      <Icon name="undo" />
      <span class="ocw-reverted-words">
        {plural(reverted.count, "message")} taken back
        {reverted.text && <span class="ocw-muted"> from “{reverted.text.split("\n")[0]}” on</span>}
      </span>
      <button
        type="button"
        class="ocw-button ocw-small"
        onClick={() => void view.actions.run({ name: "unrevert", args: { instance, session } })}
      >
        <Icon name="redo" />
        Restore
      </button>
    </section>
  );
}
