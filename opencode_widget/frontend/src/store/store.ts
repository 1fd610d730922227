/**
 * The state that the kernel sent, as signals. The store knows neither the DOM nor the comm: `link.ts` feeds it
 * messages, views read it. It holds what is synced with Python; what belongs to one screen (drafts, folded parts,
 * scroll) is in the views.
 */
import { batch, type Signal, signal } from "@preact/signals";
import {
  type End,
  isConfirmed,
  type LinkState,
  type Selection,
  type SyncedStore,
  type Unconfirmed,
  type Verdict,
} from "../kernel/page_state";
import { type Pending, withoutShown } from "../kernel/pending";
import type {
  Batch,
  CellError,
  Frame,
  Instance,
  InstanceId,
  MessageId,
  Notify,
  Op,
  Problem,
  Request,
  SendKey,
  Session,
  SessionId,
  Snapshot,
  Traits,
} from "../protocol";
import { applyOp } from "./ops";
import { TranscriptCell } from "./transcript";

/** Errors that say no more than that the connection is away. */
const LOSSES = new Set(["ConnectionFailed", "NotConnected", "Silence"]);

export interface Toast {
  id: number;
  instance?: InstanceId;
  problem: Problem;
  /** How many times the same message was raised. */
  times: number;
}

export class Store implements SyncedStore, Unconfirmed {
  readonly linkState: Signal<LinkState> = signal("waiting");
  readonly instances: Signal<Instance[]> = signal([]);
  readonly sessions: Signal<Record<InstanceId, Session[]>> = signal({});
  readonly requests: Signal<Record<InstanceId, Request[]>> = signal({});
  readonly activeInstance: Signal<InstanceId | undefined> = signal(undefined);
  readonly transcript: Signal<TranscriptCell | undefined> = signal(undefined);
  /** The batches that run, which Python began. */
  readonly batches: Signal<Batch[]> = signal([]);
  readonly pending: Signal<Pending[]> = signal([]);
  readonly toasts: Signal<Toast[]> = signal([]);
  /** True while a command has had no acknowledgement for some time. */
  readonly kernelBusy: Signal<boolean> = signal(false);
  /** The user's selection that the kernel has not confirmed yet. */
  readonly wanted: Signal<{ instance: InstanceId; session?: SessionId } | undefined> = signal(undefined);

  /** The key that sends a prompt. */
  readonly sendKey: Signal<SendKey> = signal("enter");
  /** Whether the user is told what happens while nobody looks. */
  readonly notify: Signal<Notify> = signal("ask");
  readonly notifySound: Signal<boolean> = signal(false);
  /** The cell of the notebook that ran last, if it failed. */
  readonly cellError: Signal<CellError | undefined> = signal(undefined);
  /** True once something happened while nobody looked, and the user was not asked yet. */
  readonly offersNotify: Signal<boolean> = signal(false);

  epoch = "";
  seq = 0;
  #toastId = 0;

  /** Takes the synced traits as a first picture, before the kernel answers. */
  receiveTraits(traits: Partial<Traits>): void {
    if (isConfirmed(this.linkState.peek())) return;
    const tabs = traits.tabs ?? [];
    batch(() => {
      this.instances.value = tabs.map(({ sessions: _, ...instance }) => instance);
      this.sessions.value = Object.fromEntries(tabs.map((tab) => [tab.id, tab.sessions ?? []]));
      this.activeInstance.value = traits.active_instance ?? tabs[0]?.id;
    });
  }

  receiveSnapshot(snapshot: Snapshot, page: string): Verdict {
    if (this.linkState.peek() === "live" && snapshot.to !== page) return "ignored";
    batch(() => {
      this.epoch = snapshot.epoch;
      this.seq = snapshot.seq;
      this.linkState.value = "live";
      this.instances.value = snapshot.instances;
      this.sessions.value = snapshot.sessions;
      this.requests.value = snapshot.requests;
      this.activeInstance.value = snapshot.activeInstance;
      this.batches.value = snapshot.batches ?? [];
      this.showTranscript(snapshot.transcript);
    });
    return "applied";
  }

  receiveFrame(frame: Frame): Verdict {
    if (this.linkState.peek() !== "live") return "ignored";
    if (frame.epoch === this.epoch && frame.seq <= this.seq) return "ignored";
    if (frame.epoch !== this.epoch || frame.seq !== this.seq + 1) {
      this.linkState.value = "stale";
      return "gap";
    }
    this.seq = frame.seq;
    batch(() => this.#applyAll(frame.ops));
    return "applied";
  }

  #applyAll(ops: Op[]): void {
    for (const op of ops) applyOp(this, op);
  }

  selection(): Selection {
    const instance = this.activeInstance.peek();
    return { instance, session: this.instances.peek().find(({ id }) => id === instance)?.activeSession };
  }

  /** True if the transcript on screen has the message. */
  hasMessage(id: MessageId): boolean {
    return this.transcript.peek()?.message(id) !== undefined;
  }

  showTranscript(transcript: Snapshot["transcript"] | null): void {
    const shown = this.transcript.peek();
    if (transcript && shown?.session === transcript.session && shown.instance === transcript.instance) {
      shown.update(transcript);
    } else this.transcript.value = transcript ? new TranscriptCell(transcript) : undefined;
    if (transcript) this.pending.value = withoutShown(this.pending.peek(), transcript.session, transcript.messages);
  }

  /** Adds a toast. A repeated message increments its counter instead; above four toasts the oldest is dropped. */
  toast(problem: Problem, instance?: InstanceId): void {
    const toasts = this.toasts.peek();
    const known = toasts.find((each) => each.problem.message === problem.message && each.instance === instance);
    if (known) {
      this.toasts.value = toasts.map((each) => (each === known ? { ...each, problem, times: each.times + 1 } : each));
      return;
    }
    this.#toastId += 1;
    const toast: Toast = { id: this.#toastId, problem, times: 1, ...(instance === undefined ? {} : { instance }) };
    this.toasts.value = [...toasts, toast].slice(-4);
  }

  dismissLosses(instance: InstanceId): void {
    const left = this.toasts.peek().filter((each) => each.instance !== instance || !LOSSES.has(each.problem.name));
    if (left.length < this.toasts.peek().length) this.toasts.value = left;
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.peek().filter((toast) => toast.id !== id);
  }

  end(end: End): void {
    this.linkState.value = end;
  }
}
