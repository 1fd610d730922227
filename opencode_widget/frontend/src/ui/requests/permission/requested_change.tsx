/** The requested change of a file: as a table if that shows all of it, else as text. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { FileChange } from "../../../text/diff/parse";
import { shortPath } from "../../../text/paths";
import { exactLine } from "../../../text/visible";
import { t } from "../../../words/words";
import { LongText } from "../../lib/boundary/long_text";
import { Counts, DiffView } from "../../parts/diff/diff_view";
import { useView } from "../../state/context";
import { completeDiff } from "./complete_diff";

interface Props {
  diff: string;
  /** The file, if the diff does not name it. */
  path?: string | undefined;
}

export function RequestedChange({ diff, path }: Props): JSX.Element {
  const changes = useMemo(() => completeDiff(diff), [diff]);
  if (!changes)
    return (
      <>
        {path && <Path path={path} />}
        <LongText label={t.requests.changes} text={diff} class="ocw-io ocw-request-target" />
      </>
    );
  return (
    <>
      {changes.map((change, index) => (
        <File key={index} change={change} path={path} />
      ))}
    </>
  );
}

function File({ change, path }: { change: FileChange; path: string | undefined }): JSX.Element {
  const directory = useView().selection.instance.value?.directory;
  const { from, to, additions, deletions } = change;
  const name = shortPath(to ?? from ?? path ?? t.requests.theFile, directory);
  const old = from !== undefined && to !== undefined && from !== to ? shortPath(from, directory) : undefined;
  return (
    <>
      <p class="ocw-diff-head">
        {old && <Path path={old} />}
        {old && " → "}
        <Path path={name} /> {to === undefined && from !== undefined && t.requests.deleted}
        {path && path !== to && !to?.endsWith(`/${path}`) && !path.endsWith(`/${to}`) && <Path path={path} />}
        <Counts additions={additions} deletions={deletions} />
      </p>
      <DiffView change={change} label={exactLine(name)} whole />
    </>
  );
}

function Path({ path }: { path: string }): JSX.Element {
  return <code>{exactLine(path)}</code>;
}
