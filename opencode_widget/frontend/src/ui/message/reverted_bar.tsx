import type { JSX } from "preact";
import { plural } from "../lib/format";
import { Icon, type IconName } from "../lib/icons";
import { useView } from "../state/context";
import type { EditedPrompt } from "../state/rewind/edited_prompt";

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
    label: "Cancel",
    icon: "close",
    title: "Restore everything (Escape)",
    run: () => void rewind.cancelEdit(where),
  };
  const first: Restoring = {
    label: "Restore",
    icon: "redo",
    title: "Restore the next prompt and its reply",
    run: () => void rewind.redo(where),
  };
  const all: Restoring = { label: "Restore all", icon: "redo", run: restore };
  const buttons = edited ? [cancel] : (reverted.prompts ?? 1) > 1 ? [first, all] : [{ ...all, label: "Restore" }];
  return (
    <section class="ocw-reverted" aria-label={edited ? "Edited prompt" : "Reverted"}>
      <Icon name={edited ? "edit" : "undo"} />
      <span class="ocw-reverted-words">
        {edited ? editWords(edited, reverted.count) : `${plural(reverted.count, "message")} reverted`}
        {!edited && reverted.text && <span class="ocw-muted"> from “{reverted.text.split("\n")[0]}” on</span>}
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

/** "Editing this prompt; 3 messages and the changes of 2 files are taken back" */
function editWords({ files }: EditedPrompt, count: number): string {
  const changes = files > 0 ? ` and the changes of ${plural(files, "file")}` : "";
  return `Editing this prompt; ${plural(count, "message")}${changes} reverted until you cancel`;
}
