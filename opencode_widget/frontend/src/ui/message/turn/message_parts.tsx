import type { JSX } from "preact";
import type { SessionId } from "../../../protocol";
import type { MessageCell, PartCell } from "../../../store/transcript";
import { usePagedEnd } from "../../lib/controls/paged";
import { PartView } from "../../parts/part";
import { MessageActions } from "../message_actions";
import { Explored } from "./explored";
import { type Group, isLaterPlan, isRepeated, type Piece, piecesOf } from "./pieces";

interface Props {
  cell: MessageCell;
  session: SessionId;
  /** The message has no footer, so that its text has the button that copies it. */
  step?: boolean;
  /** The turn's answers up to this message, if it is one. */
  steps?: MessageCell[];
}

/** A message's parts, without those that say again what is shown elsewhere. */
export function Parts({ cell, session, step = false, steps = [] }: Props): JSX.Element {
  const { shown, more } = usePagedEnd(cell.parts.value);
  const wanted = shown.filter((part) => !isRepeated(part, cell) && !isLaterPlan(part, steps));
  const lastText = wanted.findLast(isText);
  const { head } = cell;
  return (
    <>
      {more}
      {piecesOf(wanted).map((piece) => {
        if (isGroup(piece)) {
          return <Explored key={`explored ${piece[0].id}`} cells={piece} message={head} session={session} />;
        }
        if (!isText(piece)) return <PartView key={piece.id} cell={piece} message={head} session={session} />;
        return (
          <div key={piece.id} class="ocw-prose">
            <PartView cell={piece} message={head} session={session} />
            {step && piece === lastText && <MessageActions cell={cell} all={false} />}
          </div>
        );
      })}
    </>
  );
}

function isGroup(piece: Piece): piece is Group {
  return Array.isArray(piece);
}

function isText(cell: PartCell): boolean {
  return cell.part.peek().kind === "text";
}
