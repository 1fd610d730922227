import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { MessageCell } from "../../../store/transcript";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { features } from "../../lib/features";
import { Icon } from "../../lib/icons";
import { Counts } from "../../parts/diff/diff_view";
import { PatchDiff } from "../../parts/diff/patch_diff";
import { useView } from "../../state/context";
import { filesOfTurn, type TurnFile } from "./turn_files";
import { promptOf } from "./turn_place";

/** The files that a turn changed, on one line; unfolded, each with its lines and its diff as far as the server reports them. */
export function TurnChanges({ steps }: { steps: MessageCell[] }): JSX.Element | null {
  const directory = useView().selection.instance.value?.directory;
  const files = filesOfTurn(
    steps.flatMap((cell) => cell.parts.value.map(({ part }) => part.value)),
    directory,
  );
  const { shown, more } = usePaged(files);
  if (files.length === 0) return null;
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  return (
    <details class="ocw-turn-changes">
      <summary>
        <Icon name="edit" />
        <span>{t.message.filesChanged(files.length)}</span>
        <LinesOf additions={sum("additions")} deletions={sum("deletions")} />
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      <ul class="ocw-plain-list">
        {shown.map((file) => (
          <li key={file.path}>
            <FileLine file={file} />
          </li>
        ))}
        {more && <li>{more}</li>}
      </ul>
      <ReviewButton steps={steps} />
    </details>
  );
}

/** Opens the review of this turn, where the server knows what a turn changed. */
function ReviewButton({ steps }: { steps: MessageCell[] }): JSX.Element | null {
  const { panels, selection, store } = useView();
  if (!features(selection.instance.value).has("diff")) return null;
  const review = () => panels.review(promptOf(store.transcript.peek()?.messages.peek() ?? [], steps[0]));
  return (
    <button type="button" class="ocw-bare ocw-small" onClick={review}>
      {t.message.reviewTurn}
    </button>
  );
}

function FileLine({ file }: { file: TurnFile }): JSX.Element {
  const [open, setOpen] = useState(false);
  const head = (
    <>
      <span class="ocw-turn-file">{visible(file.path)}</span>
      <LinesOf {...file} />
    </>
  );
  if (file.patches.length === 0) return <div class="ocw-turn-line">{head}</div>;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="ocw-turn-line">
        {head}
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      {open && file.patches.map((patch, index) => <PatchDiff key={index} patch={patch} label={file.path} />)}
    </details>
  );
}

function LinesOf({ additions, deletions }: { additions: number; deletions: number }): JSX.Element | null {
  return additions + deletions > 0 ? <Counts additions={additions} deletions={deletions} /> : null;
}
