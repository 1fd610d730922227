import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { TextPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { Spinner } from "../../lib/controls/spinner";
import * as format from "../../lib/format";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { liveReasoning } from "../display_options";
import { keepFold } from "../keep_fold";
import type { PartProps } from "../part_props";
import { Gap, Markdown } from "./text";

/** The number of characters at the text's end that are searched for its last line. */
const HINT = 300;

/** One line with the time it took; open while the model thinks if the user chose that on this page. */
export function ReasoningView({ cell, message }: PartProps): JSX.Element | null {
  const part = cell.part.value as TextPart;
  const fold = useView().foldOf(cell);
  const thinking = !part.ended && message.value.state === "streaming";
  const open = fold.value ?? (thinking && liveReasoning.value);
  if (!thinking && part.text.trim() === "") return null;
  const time = format.between(part.started, part.finished);
  return (
    <div class="ocw-reasoning">
      <details class="ocw-fold" open={open} onToggle={keepFold(fold, open)}>
        <summary>
          {thinking ? <Spinner /> : <Icon name="chevron" class="ocw-chevron" />}
          <span class="ocw-reasoning-name">
            {thinking ? t.parts.thinking : time ? t.parts.thoughtFor(time) : t.parts.thought}
          </span>
          {thinking && !open && <LastLine cell={cell} />}
        </summary>
        {open && <Markdown cell={cell} />}
        {open && part.gap && !part.ended && <Gap />}
      </details>
      {thinking && (
        <KeepOpen
          onChange={() => {
            fold.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function KeepOpen({ onChange }: { onChange: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="ocw-bare ocw-keep-open"
      aria-pressed={liveReasoning.value}
      title={t.parts.showReasoningLive}
      onClick={() => {
        liveReasoning.value = !liveReasoning.peek();
        onChange();
      }}
    >
      {t.parts.live}
    </button>
  );
}

/** The end of the reasoning so far, written outside the virtual DOM: one write a delta. */
function LastLine({ cell }: { cell: PartCell }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const show = () => {
      if (element.current) element.current.textContent = lastLine((cell.part.peek() as TextPart).text);
    };
    show();
    return cell.listen(show);
  }, [cell]);
  return <span class="ocw-reasoning-hint" aria-hidden="true" ref={element} />;
}

export function lastLine(text: string): string {
  const lines = text.slice(-HINT).trimEnd().split("\n");
  return (lines.at(-1) ?? "").replace(/[*_`#]+/g, "").trim();
}
