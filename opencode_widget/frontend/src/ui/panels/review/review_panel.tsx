/** The review of a session's changes, or of one turn's: files as a tree, and the diff of the file that is chosen. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FileDiff, Instance, Session } from "../../../protocol";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { Spinner } from "../../lib/controls/spinner";
import { lastValue, useAnswer } from "../../lib/hooks/use_answer";
import { PanelProblem } from "../../lib/problem";
import { Counts } from "../../parts/diff/diff_view";
import { useView } from "../../state/context";
import { Panel } from "../panel";
import { FileTree } from "./changed_tree";
import { FileReview } from "./file_review";
import { treeRows } from "./file_tree";

export function ReviewPanel(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  return instance && session ? (
    <Panel title={t.review.changes} wide="most" tall>
      <Review key={session.id} instance={instance} session={session} />
    </Panel>
  ) : null;
}

interface Props {
  instance: Instance;
  session: Session;
}

function Review({ instance, session }: Props): JSX.Element {
  const { panels } = useView();
  const turn = panels.reviewedTurn.value;
  const { files: count = 0, additions = 0, deletions = 0 } = session.changed ?? {};
  const { answer, again } = useAnswer(
    { name: "diff", args: { instance: instance.id, session: session.id, ...(turn ? { message: turn } : {}) } },
    [instance.id, session.id, turn, count, additions, deletions].join(" "),
  );
  const files = lastValue<"diff">(answer)?.files;
  return (
    <>
      <div class="ocw-review-head">
        <Scope />
        {answer.state === "loading" && <Spinner />}
        {files && files.length > 0 && <Totals files={files} />}
      </div>
      {answer.state === "failed" && (
        <PanelProblem problem={answer.problem}>
          <button type="button" class="ocw-link" onClick={again}>
            {t.review.tryAgain}
          </button>
        </PanelProblem>
      )}
      {files?.length === 0 && <p class="ocw-muted">{t.review.noFilesChanged}</p>}
      {files && files.length > 0 && <Files key={turn ?? ""} files={files} />}
    </>
  );
}

/** Which changes: those of the whole session, or of one turn. */
function Scope(): JSX.Element {
  const { panels, store } = useView();
  const prompts = store.transcript.value?.messages.value.filter(({ head }) => head.peek().role === "user") ?? [];
  const last = prompts.at(-1)?.id;
  const turn = panels.reviewedTurn.value;
  return (
    <select
      class="ocw-review-scope"
      aria-label={t.review.changesOf}
      value={turn ?? ""}
      onChange={({ currentTarget }) => {
        panels.reviewedTurn.value = currentTarget.value || undefined;
      }}
    >
      <option value="">{t.review.wholeSession}</option>
      {last && <option value={last}>{t.review.lastTurn}</option>}
      {turn && turn !== last && <option value={turn}>{t.review.chosenTurn}</option>}
    </select>
  );
}

function Totals({ files }: { files: FileDiff[] }): JSX.Element {
  const sum = (field: "additions" | "deletions") => files.reduce((total, file) => total + file[field], 0);
  return (
    <span class="ocw-muted" role="status">
      {t.counts.files(files.length)} <Counts additions={sum("additions")} deletions={sum("deletions")} />
    </span>
  );
}

/** The files that match the filter, and the diff of one of them. Previous and Next follow the tree. */
function Files({ files }: { files: FileDiff[] }): JSX.Element {
  const [filter, setFilter] = useState("");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string>();
  const wanted = filter.trim().toLowerCase();
  const matching = files.filter(({ file }) => file.toLowerCase().includes(wanted));
  const paths = matching.map(({ file }) => file);
  const order = treeRows(paths).filter(({ kind }) => kind === "file");
  const at = Math.max(
    0,
    order.findIndex(({ path }) => path === chosen),
  );
  const file = matching.find((each) => each.file === order[at]?.path);
  const { shown, more } = usePaged(treeRows(paths, wanted ? undefined : folded));
  const go = (by: number) => setChosen(order[at + by]?.path);
  return (
    <div class="ocw-review">
      <div class="ocw-review-files">
        <input
          type="search"
          aria-label={t.review.filterFiles}
          placeholder={t.review.filterFiles}
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <FileTree
          rows={shown}
          files={files}
          folded={folded}
          chosen={file?.file}
          onChoose={setChosen}
          onFold={(path) => setFolded(toggled(folded, path))}
        />
        {more}
        {paths.length === 0 && <p class="ocw-muted">{t.review.noFileMatches}</p>}
      </div>
      {file && (
        <FileReview
          key={file.file}
          file={file}
          place={t.review.of(at + 1, order.length)}
          onPrevious={at > 0 ? () => go(-1) : undefined}
          onNext={at < order.length - 1 ? () => go(1) : undefined}
        />
      )}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const result = new Set(set);
  if (!result.delete(item)) result.add(item);
  return result;
}
