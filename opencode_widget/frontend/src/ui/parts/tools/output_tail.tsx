import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { EXPANDS } from "../../lib/controls/paged";
import { Live } from "./io_blocks";

/** A longer output shows this many lines of its end, where its error or its result stands. */
const SHOWN = 12;
/** About as many characters fill a line; longer lines are wrapped. */
const WIDTH = 90;

interface Props {
  cell: PartCell;
  part: ToolPart;
  /** Removes from the whole text what is not output. */
  clean: (text: string) => string;
}

/** A command's output: its end, and the rest when the user asks for it. It follows the end while it grows. */
export function OutputTail({ cell, part, clean }: Props): JSX.Element {
  const isLong = useIsLong(cell, part);
  const [all, setAll] = useState(false);
  const folded = isLong && !all;
  const lines = part.state === "running" ? 0 : linesIn(clean(part.output));
  return (
    <div class={classNames("ocw-output", folded && "ocw-output-folded", all && "ocw-output-whole")}>
      <div class="ocw-output-clip">
        <Live cell={cell} field="output" label={t.parts.output} as="terminal" clean={clean} />
      </div>
      {folded && (
        <button type="button" class={classNames("ocw-bare ocw-output-all", EXPANDS)} onClick={() => setAll(true)}>
          {lines > SHOWN ? t.parts.showAllLines(t.counts.lines(lines)) : t.parts.showAllOutput}
        </button>
      )}
    </div>
  );
}

/** True once the output has more lines than are shown. An output that grows in place notifies only who listens. */
function useIsLong(cell: PartCell, part: ToolPart): boolean {
  const [isLong, setLong] = useState(() => heightOf(part.output) > SHOWN);
  useLayoutEffect(() => {
    let height = heightOf(part.output);
    setLong(height > SHOWN);
    return cell.listen((field, text) => {
      if (field === "output") height += heightOf(text);
      if (height > SHOWN) setLong(true);
    });
  }, [cell, part]);
  return isLong;
}

/** The approximate number of lines that a text fills. What a carriage return overwrites fills none. */
function heightOf(text: string): number {
  let height = -1;
  for (const line of text.split("\n")) {
    const shown = line.length - 1 - line.replace(/\r$/, "").lastIndexOf("\r");
    height += Math.max(1, shown / WIDTH);
  }
  return height;
}

function linesIn(text: string): number {
  return newlinesIn(text.trimEnd()) + 1;
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
