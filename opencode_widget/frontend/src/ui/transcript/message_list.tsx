import { computed } from "@preact/signals";
import type { JSX, VNode } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { MessageId } from "../../protocol";
import type { MessageCell, TranscriptCell } from "../../store/transcript";
import { t } from "../../words/words";
import { Boundary } from "../lib/boundary/boundary";
import { classNames } from "../lib/class_names";
import { memoRow } from "../lib/controls/memo_row";
import { focusedNear, selectedNear } from "../lib/controls/tree_root";
import { MessageView } from "../message/message";
import { drawsItself, type Runs, runsOf } from "../message/turn/runs";
import { placeInTurn, placeKey, type TurnPlace } from "../message/turn/turn_place";
import type { RowLayout } from "./scroll/row_layout";
import type { Scroller } from "./scroll/scroller";

interface Props {
  transcript: TranscriptCell;
  rows: RowLayout;
  scroller: Scroller | undefined;
}

/** The messages near the view; gaps stand for the others. */
export function MessageList({ transcript, rows, scroller }: Props): JSX.Element {
  const messages = transcript.messages.value;
  const runs = useRuns(transcript);
  void rows.redraws.value;
  useLayoutEffect(() => scroller?.drawn());
  const drawn = rows.draw(messages, keptRows(rows.list, messages), (cell) => drawsItself(cell, runs));
  return (
    <div
      class="ocw-rows-of-log"
      ref={(list) => {
        rows.list = list;
      }}
    >
      {drawn.map((piece, index) => {
        if ("gap" in piece)
          return <div key={`gap${index === 0 ? "-top" : index}`} style={{ height: `${piece.gap}px` }} />;
        const cell = messages[piece.row] as MessageCell;
        const before = messages[piece.row - 1];
        const close = before !== undefined && before.head.peek().role === cell.head.peek().role;
        const turn = placeInTurn(messages, piece.row, runs);
        return memoRow(cell.id, [cell, scroller, close, ...placeKey(turn)], () =>
          messageRow({ cell, scroller, close, turn, session: transcript.session }),
        );
      })}
    </div>
  );
}

/** The same object while no run changes, so that a tool's progress draws no list. */
function useRuns(transcript: TranscriptCell): Runs {
  const runs = useMemo(() => {
    let before: Runs = new Map();
    return computed(() => {
      before = runsOf(transcript.messages.value, before);
      return before;
    });
  }, [transcript]);
  return runs.value;
}

interface RowProps {
  cell: MessageCell;
  session: string;
  scroller: Scroller | undefined;
  /** True if the message before has the same role, so that they are drawn together. */
  close: boolean;
  turn: TurnPlace;
}

function messageRow(props: RowProps): VNode {
  return <MessageRow key={props.cell.id} {...props} />;
}

function MessageRow({ cell, session, scroller, close, turn }: RowProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => (element.current ? scroller?.watch(element.current) : undefined), [scroller]);
  return (
    <div
      class={classNames("ocw-row", close && "ocw-close-row", cell.head.peek().role === "user" && "ocw-prompt-row")}
      data-row={cell.id}
      ref={element}
    >
      <Boundary
        what={t.transcript.thisMessage}
        raw={() => ({ ...cell.head.peek(), parts: cell.parts.peek().map(({ part }) => part.peek()) })}
        watch={() => [cell.head.value, cell.parts.value]}
      >
        <MessageView cell={cell} session={session} turn={turn} />
      </Boundary>
    </div>
  );
}

/** Rows that stay in the page wherever the reader is: focused, selected, or still streaming. */
function keptRows(list: HTMLElement | null, messages: MessageCell[]): Set<MessageId> {
  const kept = new Set(messages.filter((cell) => cell.head.peek().state === "streaming").map((cell) => cell.id));
  if (!list) return kept;
  const focused = focusedNear(list)?.closest<HTMLElement>("[data-row]");
  const selection = selectedNear(list);
  const selected = selection?.intersectsNode(list) ? selection : undefined;
  for (const messageRow of Array.from(list.children) as HTMLElement[]) {
    const id = messageRow.dataset.row;
    if (id !== undefined && (messageRow === focused || selected?.intersectsNode(messageRow))) kept.add(id);
  }
  return kept;
}
