import type { JSX } from "preact";
import type { FileDiff } from "../../../protocol";
import { exact, exactLine } from "../../../text/visible";
import { t } from "../../../words/words";
import { Missing } from "../../lib/boundary/missing";
import { DiffView, useDiff } from "./diff_view";

/** The diff of a changed file; as it was sent if it cannot be read. */
export function FilePatch({ file, patch }: { file: FileDiff; patch: string }): JSX.Element {
  const change = useDiff(patch);
  return (
    <>
      {change ? (
        <DiffView change={change} label={exactLine(file.file)} />
      ) : (
        <pre class="ocw-server-log">{exact(patch)}</pre>
      )}
      {file.cut && <Missing words={t.parts.onlyStartShown} />}
    </>
  );
}
