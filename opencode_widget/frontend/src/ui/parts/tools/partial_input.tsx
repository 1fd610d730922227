import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import * as format from "../../lib/format";

/** Characters of the arguments that fit into a tool's line. */
const BEGINNING = 80;

/**
 * The arguments in one line while the model writes them: their start, and their length. It is updated outside the
 * virtual DOM.
 */
export function PartialInput({ cell }: { cell: PartCell }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const show = () => {
      if (element.current) element.current.textContent = writtenWords((cell.part.peek() as ToolPart).raw ?? "");
    };
    show();
    return cell.listen(show);
  }, [cell]);
  return <span class="ocw-tool-title" ref={element} />;
}

function writtenWords(raw: string): string {
  const beginning = visible(raw.slice(0, BEGINNING).replace(/\s+/g, " "));
  return raw.length > BEGINNING ? t.parts.beginning(beginning, format.count(raw.length)) : beginning;
}
