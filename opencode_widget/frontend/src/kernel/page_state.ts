/**
 * What the link and the actions need of the page's store. They stand below it, and do not import it: the store says of itself
 * that it is one of these.
 */
import type { Signal } from "@preact/signals";
import type { Frame, InstanceId, MessageId, Problem, SessionId, Snapshot } from "../protocol";
import type { Pending } from "./pending";

export type LinkState =
  | "waiting" // for the first snapshot; there may be a picture from the traits
  | "live"
  | "stale" // a gap was seen; frames are dropped until the next snapshot
  | End;

/** No frame and no command will pass any more: the kernel's side is no more, or it is of another version than this page. */
export type End = "gone" | "outdated";

export function isOver(state: LinkState): state is End {
  return state === "gone" || state === "outdated";
}

/** What the store made of a frame or a snapshot. */
export type Verdict = "applied" | "ignored" | "gap";

/** Takes what the kernel sends. */
export interface PageState {
  readonly epoch: string;
  readonly seq: number;
  readonly linkState: Signal<LinkState>;
  /** A command has had no sign of receipt for a while. */
  readonly kernelBusy: Signal<boolean>;
  receiveFrame(frame: Frame): Verdict;
  receiveSnapshot(snapshot: Snapshot, page: string): Verdict;
  end(end: End): void;
}

/** Shows what a person did until the kernel confirms it. */
export interface Unconfirmed {
  readonly kernelBusy: Signal<boolean>;
  readonly pending: Signal<Pending[]>;
  /** What the person selected. */
  readonly wanted: Signal<{ instance: InstanceId; session?: SessionId } | undefined>;
  /** Is the message in the transcript on screen? */
  hasMessage(id: MessageId): boolean;
  toast(problem: Problem, instance?: InstanceId): void;
}
