/**
 * The part of the store that the link and the actions need. They are in the layer below the store and cannot import it,
 * so the store implements these interfaces.
 */
import type { Signal } from "@preact/signals";
import type { Frame, Instance, InstanceId, MessageId, Problem, SessionId, Snapshot } from "../protocol";
import type { Pending } from "./pending";

export type LinkState =
  | "waiting" // for the first snapshot; the traits may give a first picture
  | "saved" // no snapshot came: the picture is what the notebook saved, unless a cell keeps the kernel busy
  | "live"
  | "stale" // after a gap; frames are dropped until the next snapshot
  | "lost" // the page has lost the Jupyter server, and with it the kernel; the host tries to reach it again
  | End;

/** No frame or command passes any more: the kernel's side is gone, or its version differs from this page's. */
export type End = "gone" | "outdated";

export function isOver(state: LinkState): state is End {
  return state === "gone" || state === "outdated";
}

/** True if the kernel has confirmed what is shown; before, the traits are all that is known. */
export function isConfirmed(state: LinkState): boolean {
  return state !== "waiting" && state !== "saved";
}

/** The result of applying a frame or a snapshot. */
export type Verdict = "applied" | "ignored" | "gap";

/** Receives what the kernel sends. */
export interface SyncedStore {
  readonly epoch: string;
  readonly seq: number;
  readonly linkState: Signal<LinkState>;
  /** True while a command has had no acknowledgement for some time. */
  readonly kernelBusy: Signal<boolean>;
  receiveFrame(frame: Frame): Verdict;
  receiveSnapshot(snapshot: Snapshot, page: string): Verdict;
  end(end: End): void;
}

/** What the kernel shows; `session` is absent if none is selected. */
export interface Selection {
  instance: InstanceId | undefined;
  session: SessionId | undefined;
}

/** Shows what the user did until the kernel confirms it. */
export interface Unconfirmed {
  readonly kernelBusy: Signal<boolean>;
  readonly pending: Signal<Pending[]>;
  /** The selection that the kernel confirmed. */
  selection(): Selection;
  readonly instances: Signal<Instance[]>;
  /** The user's selection, until the kernel confirms it. */
  readonly wanted: Signal<{ instance: InstanceId; session?: SessionId } | undefined>;
  /** True if the transcript on screen has the message. */
  hasMessage(id: MessageId): boolean;
  toast(problem: Problem, instance?: InstanceId): void;
}
