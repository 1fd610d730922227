import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FileDiff, Instance, Session } from "../../../protocol";
import { exactLine } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { Spinner } from "../../lib/controls/spinner";
import { type Answer, lastValue, useAnswer } from "../../lib/hooks/use_answer";
import { Icon } from "../../lib/icons";
import { PanelProblem } from "../../lib/problem";
import { fileStatus } from "../../lib/statuses";
import { Counts } from "../../parts/diff/diff_view";
import { FilePatch } from "../../parts/diff/file_patch";

interface Props {
  instance: Instance;
  session: Session;
}

/** The files that a session changed, each with its diff. They are fetched again when the session's totals change. */
export function Changes({ instance, session }: Props): JSX.Element {
  const { files = 0, additions = 0, deletions = 0 } = session.changed ?? {};
  const { answer, again } = useAnswer(
    { name: "diff", args: { instance: instance.id, session: session.id } },
    [instance.id, session.id, files, additions, deletions].join(" "),
  );
  return (
    <section class="ocw-section" aria-label={t.session.filesChanged}>
      <h3>
        {t.session.filesChanged}
        {answer.state === "loading" && <Spinner />}
      </h3>
      <Outcome answer={answer} again={again} />
    </section>
  );
}

function Outcome({ answer, again }: { answer: Answer<"diff">; again: () => void }): JSX.Element | null {
  if (answer.state === "failed") {
    return (
      <PanelProblem problem={answer.problem}>
        <button type="button" class="ocw-link" onClick={again}>
          {t.session.tryAgain}
        </button>
      </PanelProblem>
    );
  }
  const files = lastValue<"diff">(answer)?.files;
  if (!files) return null;
  if (files.length === 0) return <p class="ocw-muted">{t.session.noFilesChanged}</p>;
  return (
    <>
      <p class="ocw-muted">
        {t.counts.files(files.length)}, +{sum(files, "additions")} −{sum(files, "deletions")}
      </p>
      <ChangedFiles files={files} />
    </>
  );
}

function ChangedFiles({ files }: { files: FileDiff[] }): JSX.Element {
  const { shown, more } = usePaged(files);
  return (
    <ul class="ocw-plain-list">
      {shown.map((file) => (
        <li key={file.file}>
          <ChangedFile file={file} />
        </li>
      ))}
      {more && <li>{more}</li>}
    </ul>
  );
}

function sum(files: FileDiff[], field: "additions" | "deletions"): number {
  return files.reduce((total, file) => total + file[field], 0);
}

const LETTERS: Record<string, string> = { added: "A", deleted: "D", modified: "M" };

/** A changed file; its diff is drawn when the user opens it. */
function ChangedFile({ file }: { file: FileDiff }): JSX.Element {
  const [open, setOpen] = useState(false);
  if (!file.patch) {
    return (
      <div class="ocw-changed-file">
        <FileLine file={file} />
      </div>
    );
  }
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary class="ocw-changed-file">
        <FileLine file={file} />
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      {open && <FilePatch file={file} patch={file.patch} />}
    </details>
  );
}

/** "A", "D" or "M", in colour, with the word for screen readers. */
export function StatusLetter({ status }: { status: keyof typeof t.session.fileStates }): JSX.Element {
  return (
    <span class={`ocw-file-${status}`} title={t.session.fileStates[status]}>
      <span aria-hidden="true">{LETTERS[status]}</span>
      <span class="ocw-hidden">{t.session.fileStates[status]}</span>
    </span>
  );
}

function FileLine({ file }: { file: FileDiff }): JSX.Element {
  const status = fileStatus(file.status);
  return (
    <>
      <StatusLetter status={status} />
      <span class="ocw-file-name">{exactLine(file.file)}</span>
      <Counts additions={file.additions} deletions={file.deletions} />
    </>
  );
}
