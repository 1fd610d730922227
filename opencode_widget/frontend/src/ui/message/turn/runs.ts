/**
 * Reads and searches that follow one another, also over several messages: a server ends a message with each step of the
 * model, which the reader need not see. Each message keeps its own parts in its own row; the first draws the line that
 * counts them all, and the others show theirs only while that line is unfolded. Pure but for the cells it reads.
 */
import type { MessageHead } from "../../../protocol";
import type { MessageCell, PartCell } from "../../../store/transcript";
import { isHiddenNote } from "../../parts/note";
import { isGroup, isLook, type Piece, piecesOf, shownParts } from "./pieces";

export interface Run {
  /** The message that draws the line. */
  leader: MessageCell;
  /** The looks, and the reasoning between them. */
  cells: PartCell[];
  /** True if nothing but reasoning follows, so that it may go on. */
  isLast: boolean;
}

export type Runs = Map<MessageCell, Run[]>;

/** The runs of each message. Those that did not change since `before` are the same objects. */
export function runsOf(messages: MessageCell[], before: Runs = new Map()): Runs {
  const finder = new RunFinder();
  for (const message of messages) finder.take(message);
  return keepSame(finder.end(), before);
}

/** True unless an earlier message folds all that the message has. */
export function drawsItself(message: MessageCell, runs: Runs): boolean {
  const [first, other] = runs.get(message) ?? [];
  if (!first || other || first.leader === message) return true;
  return message.parts.peek().some((part) => !first.cells.includes(part) && !isHiddenNote(part.part.peek()));
}

class RunFinder {
  readonly #found: Runs = new Map();
  /** The run that the next piece would continue. */
  #open: Run | undefined;
  /** The run that nothing but reasoning follows. */
  #last: Run | undefined;
  #steps: MessageCell[] = [];

  take(message: MessageCell): void {
    const head = message.head.value;
    if (head.role === "user") this.#steps = [];
    if (head.role !== "assistant") return this.#close();
    this.#steps.push(message);
    const pieces = piecesIn(message, this.#steps);
    if (pieces === undefined || head.summary) return this.#close();
    const continuing = this.#continue(message, pieces);
    for (const piece of pieces.slice(continuing)) this.#begin(message, piece);
    if (!isFollowable(head, pieces)) this.#open = undefined;
  }

  end(): Runs {
    if (this.#last) this.#last.isLast = true;
    return this.#found;
  }

  /** Adds the pieces that continue the open run, and returns how many these are. */
  #continue(message: MessageCell, pieces: Piece[]): number {
    const first = pieces.findIndex((piece) => !isReasoning(piece));
    const next = pieces[first];
    if (!this.#open || next === undefined || !isLooks(next)) return 0;
    this.#open.cells.push(...pieces.slice(0, first + 1).flat());
    this.#add(message, this.#open);
    return first + 1;
  }

  #begin(message: MessageCell, piece: Piece): void {
    if (isLooks(piece)) {
      this.#open = this.#last = { leader: message, cells: [piece].flat(), isLast: false };
      this.#add(message, this.#open);
    } else if (isReasoning(piece)) this.#open = undefined;
    else this.#close();
  }

  #add(message: MessageCell, run: Run): void {
    this.#found.set(message, [...(this.#found.get(message) ?? []), run]);
  }

  #close(): void {
    this.#open = this.#last = undefined;
  }
}

/** Undefined for a malformed message, which costs itself alone. */
function piecesIn(message: MessageCell, steps: MessageCell[]): Piece[] | undefined {
  try {
    return piecesOf(shownParts(message.parts.value, message, steps));
  } catch {
    return undefined;
  }
}

/** True if nothing is drawn below the message's parts, so that the next message can continue its run. */
function isFollowable({ state, error }: MessageHead, pieces: Piece[]): boolean {
  if (error) return false;
  return state === "complete" || (state === "streaming" && pieces.length === 0);
}

function isLooks(piece: Piece): boolean {
  return isGroup(piece) || isLook(piece.part.value);
}

function isReasoning(piece: Piece): boolean {
  return !isGroup(piece) && piece.part.value.kind === "reasoning";
}

function keepSame(found: Runs, before: Runs): Runs {
  const known = new Map([...before.values()].flat().map((run) => [run.cells[0], run]));
  const kept = new Map<Run, Run>();
  const keep = (run: Run): Run => {
    const old = known.get(run.cells[0]);
    const same = kept.get(run) ?? (old && isSame(old, run) ? old : run);
    kept.set(run, same);
    return same;
  };
  let changed = found.size !== before.size;
  for (const [message, runs] of found) {
    const same = runs.map(keep);
    const old = before.get(message);
    changed ||= old?.length !== same.length || same.some((run, at) => run !== old[at]);
    found.set(message, same);
  }
  return changed ? found : before;
}

function isSame(a: Run, b: Run): boolean {
  return (
    a.leader === b.leader &&
    a.isLast === b.isLast &&
    a.cells.length === b.cells.length &&
    a.cells.every((cell, at) => cell === b.cells[at])
  );
}
