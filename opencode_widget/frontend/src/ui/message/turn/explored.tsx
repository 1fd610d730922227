import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { Spinner } from "../../lib/controls/spinner";
import { plural } from "../../lib/format";
import { Icon } from "../../lib/icons";
import { PartView } from "../../parts/part";
import type { PartProps } from "../../parts/part_props";
import { useView } from "../../state/context";
import { countLooks, type Group } from "./pieces";

interface Props extends Omit<PartProps, "cell"> {
  cells: Group;
}

/** Successive reads and searches in one row, open while one of them runs. */
export function Explored({ cells, message, session }: Props): JSX.Element {
  const fold = useView().groupFoldOf(cells[0]);
  const parts = cells.map(({ part }) => part.value as ToolPart);
  const working = parts.some(({ state }) => state === "pending" || state === "running");
  const open = fold.value ?? working;
  return (
    <div class="ocw-tool ocw-explored">
      <details
        class="ocw-fold"
        open={open}
        onToggle={(event) => {
          if (event.currentTarget.open !== open) fold.value = event.currentTarget.open;
        }}
      >
        <summary>
          {working ? <Spinner /> : <Icon name="search" />}
          <span class="ocw-tool-name">{working ? "Exploring" : "Explored"}</span>
          <span class="ocw-tool-title">{countWords(parts)}</span>
          <Icon name="chevron" class="ocw-chevron" />
        </summary>
        <div class="ocw-explored-inside">
          {cells.map((cell) => (
            <PartView key={cell.id} cell={cell} message={message} session={session} />
          ))}
        </div>
      </details>
    </div>
  );
}

/** "2 files, 1 search" */
function countWords(parts: ToolPart[]): string {
  const { file, search, folder } = countLooks(parts);
  return [
    file > 0 && plural(file, "file"),
    search > 0 && plural(search, "search", "searches"),
    folder > 0 && plural(folder, "folder"),
  ]
    .filter(Boolean)
    .join(", ");
}
