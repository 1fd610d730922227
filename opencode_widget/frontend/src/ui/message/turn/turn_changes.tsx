import type { JSX } from "preact";
import type { Part } from "../../../protocol";
import type { MessageCell } from "../../../store/transcript";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { usePaged } from "../../lib/controls/paged";
import { plural } from "../../lib/format";
import { Icon } from "../../lib/icons";
import { Counts } from "../../parts/diff/diff_view";
import { number, object, string } from "../../parts/tools/read_json";
import { changedFiles, changedPath } from "../../parts/tools/tool_files";
import { useView } from "../../state/context";
import { filesChangedBy } from "../changed_files";

interface Lines {
  additions: number;
  deletions: number;
}

/** The files that a turn changed, on one line; unfolded, each with its lines as far as the server reports them. */
export function TurnChanges({ steps }: { steps: MessageCell[] }): JSX.Element | null {
  const directory = useView().selection.instance.value?.directory;
  const parts = steps.flatMap((cell) => cell.parts.value.map(({ part }) => part.value));
  const counts = countsIn(parts, directory);
  const files = [...new Set(filesChangedBy(parts).map((file) => shortPath(file, directory)))];
  const { shown, more } = usePaged(files);
  if (files.length === 0) return null;
  return (
    <details class="ocw-turn-changes">
      <summary>
        <Icon name="edit" />
        <span>{plural(files.length, "file")} changed</span>
        <LinesOf lines={sumOf([...counts.values()])} />
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      <ul class="ocw-plain-list">
        {shown.map((file) => (
          <li key={file}>
            <span class="ocw-turn-file">{visible(file)}</span>
            <LinesOf lines={counts.get(file)} />
          </li>
        ))}
        {more && <li>{more}</li>}
      </ul>
    </details>
  );
}

function LinesOf({ lines }: { lines: Lines | undefined }): JSX.Element | null {
  if (!lines || lines.additions + lines.deletions === 0) return null;
  return <Counts additions={lines.additions} deletions={lines.deletions} />;
}

/** Lines by file, summed over the tools that changed it. */
function countsIn(parts: Part[], directory: string | undefined): Map<string, Lines> {
  const counts = new Map<string, Lines>();
  for (const part of parts) {
    if (part.kind !== "tool" || part.state !== "completed") continue;
    const single = object(object(part.metadata).filediff);
    const reported = string(single.file) === undefined ? changedFiles(part) : [single];
    for (const file of reported) {
      const path = shortPath(changedPath(file), directory);
      const lines = { additions: number(file.additions) ?? 0, deletions: number(file.deletions) ?? 0 };
      counts.set(path, sumOf([counts.get(path), lines]));
    }
  }
  return counts;
}

function sumOf(all: Array<Lines | undefined>): Lines {
  const sum = (key: keyof Lines) => all.reduce((total, lines) => total + (lines?.[key] ?? 0), 0);
  return { additions: sum("additions"), deletions: sum("deletions") };
}
