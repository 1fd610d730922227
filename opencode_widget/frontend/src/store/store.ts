/**
 * What the kernel said, as signals. It knows nothing of DOM or comm: `link.ts` feeds it messages, views read it.
 * What is synced from Python is here; what belongs to one screen only (drafts, folded parts, scroll) is with the views.
 */
import { batch, type Signal, signal } from "@preact/signals";
import type { End, LinkState, PageState, Unconfirmed, Verdict } from "../kernel/page_state";
import { type Pending, withoutShown } from "../kernel/pending";
import type {
  Frame,
  Instance,
  InstanceId,
  MessageId,
  Op,
  Problem,
  Request,
  Session,
  SessionId,
  Snapshot,
  Traits,
} from "../protocol";
import { applyOp } from "./ops";
import { TranscriptCell } from "./transcript";

export interface Toast {
  id: number;
  instance?: InstanceId;
  problem: Problem;
  /** How often the same was said. */
  times: number;
}

export class Store implements PageState, Unconfirmed {
  readonly linkState: Signal<LinkState> = signal("waiting");
  readonly instances: Signal<Instance[]> = signal([]);
  readonly sessions: Signal<Record<InstanceId, Session[]>> = signal({});
  readonly requests: Signal<Record<InstanceId, Request[]>> = signal({});
  readonly activeInstance: Signal<InstanceId | undefined> = signal(undefined);
  readonly transcript: Signal<TranscriptCell | undefined> = signal(undefined);
  readonly pending: Signal<Pending[]> = signal([]);
  readonly toasts: Signal<Toast[]> = signal([]);
  /** A command has had no sign of receipt for a while. */
  readonly kernelBusy: Signal<boolean> = signal(false);
  /** What the person selected and the kernel has not confirmed. */
  readonly wanted: Signal<{ instance: InstanceId; session?: SessionId } | undefined> = signal(undefined);

  epoch = "";
  seq = 0;
  #toastId = 0;

  /** The first picture, before the kernel answers. */
  receiveTraits(traits: Partial<Traits>): void {
    if (this.linkState.peek() !== "waiting") return;
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

  /** Is the message in the transcript on screen? */
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

  /** The same words again count up instead of piling up; the oldest of more than four goes. */
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

  dismiss(id: number): void {
    this.toasts.value = this.toasts.peek().filter((toast) => toast.id !== id);
  }

  end(end: End): void {
    this.linkState.value = end;
  }
}
