import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Part } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { Spinner } from "../../lib/controls/spinner";
import { Icon } from "../../lib/icons";
import { keepFold } from "../../parts/keep_fold";
import { useView } from "../../state/context";
import { countLooks } from "./pieces";
import type { Run } from "./runs";

interface Props {
  run: Run;
  /** The parts of one message. */
  children: ComponentChildren;
}

/** Successive reads and searches in one row, open while they go on. */
export function Explored({ run, children }: Props): JSX.Element {
  const { fold, open, working } = useRunFold(run);
  return (
    <div class="ocw-tool ocw-explored">
      <details class="ocw-fold" open={open} onToggle={keepFold(fold, open)}>
        <summary>
          {working ? <Spinner /> : <Icon name="search" />}
          <span class="ocw-tool-name">{working ? t.message.exploring : t.message.explored}</span>
          <span class="ocw-tool-title">{countWords(run.cells.map(({ part }) => part.value))}</span>
          <Icon name="chevron" class="ocw-chevron" />
        </summary>
        <div class="ocw-explored-inside">{children}</div>
      </details>
    </div>
  );
}

/** The reads and searches of a later message, which the row of an earlier one counts and folds. */
export function MoreExplored({ run, children }: Props): JSX.Element {
  const { fold, open } = useRunFold(run);
  const element = useRef<HTMLDivElement>(null);
  // The search in the conversation asks for what is hidden as the browser's own does.
  useLayoutEffect(() => {
    const show = () => {
      fold.value = true;
    };
    element.current?.addEventListener("beforematch", show);
    return () => element.current?.removeEventListener("beforematch", show);
  }, [fold]);
  return (
    <div class="ocw-explored-inside ocw-explored-more" hidden={!open} ref={element}>
      {children}
    </div>
  );
}

function useRunFold(run: Run) {
  const view = useView();
  const fold = view.groupFoldOf(run.cells[0] as PartCell);
  const busy = useComputed(() => view.selection.busy).value;
  const working = (run.isLast && busy) || run.cells.some(({ part }) => isWorking(part.value));
  return { fold, working, open: fold.value ?? working };
}

function isWorking(part: Part): boolean {
  return part.kind === "tool" && (part.state === "pending" || part.state === "running");
}

/** "2 files, 1 search" */
function countWords(parts: Part[]): string {
  const { file, search, folder } = countLooks(parts);
  return [
    file > 0 && t.counts.files(file),
    search > 0 && t.counts.searches(search),
    folder > 0 && t.counts.folders(folder),
  ]
    .filter(Boolean)
    .join(", ");
}
