import type { JSX } from "preact";
import type { FileDiff } from "../../../protocol";
import { exactLine } from "../../../text/visible";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { fileStatus } from "../../lib/statuses";
import { Counts } from "../../parts/diff/diff_view";
import { StatusLetter } from "../session/changes";
import type { TreeRow } from "./file_tree";

interface Props {
  rows: TreeRow[];
  files: FileDiff[];
  folded: ReadonlySet<string>;
  /** The path of the file on show. */
  chosen: string | undefined;
  onChoose: (path: string) => void;
  onFold: (path: string) => void;
}

/** Folders that fold, and files to choose from. */
export function FileTree({ rows, files, folded, chosen, onChoose, onFold }: Props): JSX.Element {
  const byPath = new Map(files.map((file) => [file.file, file]));
  return (
    <ul class="ocw-plain-list" aria-label={t.review.changedFiles}>
      {rows.map((row) => {
        const file = row.kind === "file" ? byPath.get(row.path) : undefined;
        return (
          <li key={`${row.kind} ${row.path}`} style={{ paddingLeft: `${row.depth * 12}px` }}>
            {file ? (
              <FileRow row={row} file={file} current={row.path === chosen} onChoose={onChoose} />
            ) : (
              <FolderRow row={row} open={!folded.has(row.path)} onFold={onFold} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface FolderProps {
  row: TreeRow;
  open: boolean;
  onFold: (path: string) => void;
}

function FolderRow({ row, open, onFold }: FolderProps): JSX.Element {
  return (
    <button type="button" class="ocw-bare ocw-row ocw-review-row" aria-expanded={open} onClick={() => onFold(row.path)}>
      <Icon name="chevron" class="ocw-chevron" />
      <span class="ocw-file-name" dir="ltr">
        {exactLine(row.name)}
      </span>
    </button>
  );
}

interface FileProps {
  row: TreeRow;
  file: FileDiff;
  current: boolean;
  onChoose: (path: string) => void;
}

function FileRow({ row, file, current, onChoose }: FileProps): JSX.Element {
  return (
    <button
      type="button"
      class="ocw-bare ocw-row ocw-review-row"
      aria-current={current ? "true" : undefined}
      title={exactLine(file.file)}
      onClick={() => onChoose(row.path)}
    >
      <StatusLetter status={fileStatus(file.status)} />
      <span class="ocw-file-name" dir="ltr">
        {exactLine(row.name)}
      </span>
      <Counts additions={file.additions} deletions={file.deletions} />
    </button>
  );
}
