import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { FileDiff } from "../../../protocol";
import { exactLine } from "../../../text/visible";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { copyAndAnnounce } from "../../lib/controls/clipboard";
import { Icon, type IconName } from "../../lib/icons";
import { Counts } from "../../parts/diff/diff_view";
import { FilePatch } from "../../parts/diff/file_patch";
import { useView } from "../../state/context";
import { openFile } from "../../state/files/open_file";

interface Props {
  file: FileDiff;
  /** "2 of 7" */
  place: string;
  /** Absent at the first file. */
  onPrevious: (() => void) | undefined;
  /** Absent at the last file. */
  onNext: (() => void) | undefined;
}

/** One changed file: its name, what can be done with it, and its diff. */
export function FileReview({ file, place, onPrevious, onNext }: Props): JSX.Element {
  const view = useView();
  const element = useRef<HTMLElement>(null);
  const { patch } = file;
  const open = () => element.current && void openFile(view, element.current, file.file);
  return (
    <section class="ocw-review-file" aria-label={exactLine(file.file)} ref={element}>
      <div class="ocw-review-tools">
        <span class="ocw-review-name" dir="ltr">
          {exactLine(file.file)}
        </span>
        <Counts additions={file.additions} deletions={file.deletions} />
        <span class="ocw-muted ocw-review-place">{place}</span>
        <Tool name={t.review.previousFile} icon="chevron" back run={onPrevious} />
        <Tool name={t.review.nextFile} icon="chevron" run={onNext} />
        {patch && (
          <Tool
            name={t.review.copyDiff}
            icon="copy"
            run={() => void copyAndAnnounce(view, patch, t.review.diffCopied)}
          />
        )}
        {file.status !== "deleted" && <Tool name={t.review.openFile} icon="open" run={open} />}
      </div>
      {patch ? <FilePatch file={file} patch={patch} /> : <p class="ocw-muted">{t.review.noDiff}</p>}
    </section>
  );
}

interface ToolProps {
  name: string;
  icon: IconName;
  /** The icon points back. */
  back?: boolean;
  /** Absent: not possible now. */
  run: (() => void) | undefined;
}

function Tool({ name, icon, back = false, run }: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      class={classNames("ocw-bare", back && "ocw-review-previous")}
      aria-label={name}
      title={name}
      aria-disabled={!run}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  );
}
