import type { JSX } from "preact";
import type { SessionId } from "../../../protocol";
import type { MessageCell, PartCell } from "../../../store/transcript";
import { usePagedEnd } from "../../lib/controls/paged";
import { PartView } from "../../parts/part";
import { MessageActions } from "../message_actions";
import { Explored, MoreExplored } from "./explored";
import { type Group, isGroup, type Piece, piecesOf, shownParts } from "./pieces";
import type { Run } from "./runs";
import type { TurnPlace } from "./turn_place";

interface Props {
  cell: MessageCell;
  session: SessionId;
  /** The message has no footer, so that its text has the button that copies it. */
  step?: boolean;
  /** The message's place in its turn, if it is an answer. */
  turn?: TurnPlace;
}

/** A message's parts, without those that say again what is shown elsewhere. */
export function Parts({ cell, session, step = false, turn }: Props): JSX.Element {
  const { shown, more } = usePagedEnd(cell.parts.value);
  const wanted = shownParts(shown, cell, turn?.steps ?? []);
  const lastText = wanted.findLast(isText);
  const view = (part: PartCell) => <PartView key={part.id} cell={part} message={cell.head} session={session} />;
  return (
    <>
      {more}
      {blocksOf(piecesOf(wanted), turn?.runs ?? []).map(({ parts: [first, ...others], run }) => {
        if (run) {
          const Row = run.leader === cell ? Explored : MoreExplored;
          return (
            <Row key={`explored ${first.id}`} run={run}>
              {[first, ...others].map(view)}
            </Row>
          );
        }
        if (!isText(first)) return view(first);
        return (
          <div key={first.id} class="ocw-prose">
            {view(first)}
            {step && first === lastText && <MessageActions cell={cell} all={false} />}
          </div>
        );
      })}
    </>
  );
}

/** What is drawn together: one part, or those of a run in this message. */
interface Block {
  parts: Group;
  run?: Run;
}

function blocksOf(pieces: Piece[], runs: Run[]): Block[] {
  const blocks: Block[] = [];
  for (const piece of pieces) {
    const [first, ...others]: Group = isGroup(piece) ? piece : [piece];
    const run = runs.find(({ cells }) => cells.length > 1 && cells.includes(first));
    const before = blocks.at(-1);
    if (run && before?.run === run) before.parts.push(first, ...others);
    else if (run) blocks.push({ parts: [first, ...others], run });
    else blocks.push(...[first, ...others].map((part): Block => ({ parts: [part] })));
  }
  return blocks;
}

function isText(cell: PartCell): boolean {
  return cell.part.peek().kind === "text";
}
