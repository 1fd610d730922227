import type { JSX } from "preact";
import { t } from "../../words/words";
import { Icon, type IconName } from "../lib/icons";
import { useView } from "../state/context";

interface Restoring {
  label: string;
  icon: IconName;
  title?: string;
  run(): void;
}

/** Says what was taken back, and offers to restore it. */
export function RevertedBar(): JSX.Element | null {
  const { store, selection, rewind } = useView();
  const transcript = store.transcript.value;
  const reverted = transcript?.reverted.value;
  if (!transcript || !reverted || transcript.session !== selection.sessionId.value) return null;
  const where = { instance: transcript.instance, session: transcript.session };
  const edited = rewind.edited(where);
  const restore = () => void rewind.restore(where);
  const cancel: Restoring = {
    label: t.message.cancel,
    icon: "close",
    title: t.message.restoreEverything,
    run: () => void rewind.cancelEdit(where),
  };
  const first: Restoring = {
    label: t.message.restore,
    icon: "redo",
    title: t.message.restoreNext,
    run: () => void rewind.redo(where),
  };
  const all: Restoring = { label: t.message.restoreAll, icon: "redo", run: restore };
  const buttons = edited
    ? [cancel]
    : (reverted.prompts ?? 1) > 1
      ? [first, all]
      : [{ ...all, label: t.message.restore }];
  return (
    <section class="ocw-reverted" aria-label={edited ? t.message.editedPrompt : t.message.reverted}>
      <Icon name={edited ? "edit" : "undo"} />
      <span class="ocw-reverted-words">
        {edited ? t.message.editingPrompt(reverted.count, edited.files) : t.message.messagesReverted(reverted.count)}
        {!edited && reverted.text && (
          <span class="ocw-muted"> {t.message.fromPromptOn(reverted.text.split("\n")[0] ?? "")}</span>
        )}
      </span>
      {buttons.map(({ label, icon, title, run }) => (
        <button key={label} type="button" class="ocw-button ocw-small" title={title} onClick={run}>
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </section>
  );
}
