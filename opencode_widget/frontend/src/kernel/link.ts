/**
 * The page's end of the comm: sends hello until a snapshot arrives, acknowledges frames, sends commands and awaits
 * replies.
 */
import {
  type Command,
  type CommandName,
  type FromKernel,
  type Outcome,
  PROTOCOL,
  type Problem,
  type Reply,
  type Snapshot,
  type ToKernel,
} from "../protocol";
import { t } from "../words/words";
import { type End, isOver, type SyncedStore, type Verdict } from "./page_state";

/** The part of anywidget's model that the link uses. */
interface Wire {
  send(message: ToKernel): void;
}

interface Clock {
  setTimeout(task: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
}

const HELLO_EVERY = 2_000;
const BUSY_AFTER = 500;
/** Without a snapshot within this time, there may be no kernel: the page of a saved or exported notebook has none. */
const SAVED_AFTER = 5_000;
/** Probes are this far apart at least. They come with the user, not by a clock, which would keep an idle kernel alive. */
const PROBE_REST = 5_000;
/**
 * An ack is sent when no frame has arrived for `ACK_REST` ms, and at the latest `ACK_LATEST` ms after the first frame.
 * Acks in mid-stream cost latency: a socket that has just sent something delays its TCP acknowledgements by 40 ms, and
 * the Jupyter server sends the next frame only when the last one is acknowledged (Nagle's algorithm), so for about a
 * second every fourth word arrives 25 ms late.
 */
const ACK_REST = 500;
const ACK_LATEST = 5_000;
/** If no snapshot arrives within this time after the comm's state changed, the kernel's side is gone. */
const GONE_AFTER = 3_000;

interface PendingReply<Name extends CommandName = CommandName> {
  resolve(outcome: Outcome<Name>): void;
  busyTimer: unknown;
}

const realClock: Clock = {
  setTimeout: (task, delay) => globalThis.setTimeout(task, delay),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as number),
};

export class Link {
  readonly #pendingReplies = new Map<number, PendingReply>();
  readonly #unreceived = new Set<number>();
  #commandId = 0;
  #hello: unknown;
  #ackAtRest: unknown;
  #ackAtLast: unknown;
  #goneTimer: unknown;
  #savedTimer: unknown;
  #probeRest: unknown;

  constructor(
    readonly store: SyncedStore,
    readonly wire: Wire,
    readonly page: string,
    readonly clock: Clock = realClock,
    /** True if the host knows that the kernel runs a cell, so that silence means nothing. */
    readonly isKernelBusy: () => boolean = () => false,
  ) {}

  start(): void {
    this.#savedTimer ??= this.clock.setTimeout(() => this.#noteSaved(), SAVED_AFTER);
    this.#sayHello();
  }

  stop(): void {
    const timers = [this.#hello, this.#ackAtRest, this.#ackAtLast, this.#goneTimer, this.#savedTimer, this.#probeRest];
    for (const timer of timers) this.clock.clearTimeout(timer);
    for (const { busyTimer } of this.#pendingReplies.values()) this.clock.clearTimeout(busyTimer);
    this.#hello = this.#ackAtRest = this.#ackAtLast = this.#goneTimer = undefined;
    this.#savedTimer = this.#probeRest = undefined;
  }

  receive(message: FromKernel): void {
    if (message.type === "frame") return this.#scheduleAck(this.store.receiveFrame(message));
    if (message.type === "snapshot") return this.#receiveSnapshot(message);
    // At once: the browser holds up the timers of a tab in the background.
    if (message.type === "ping") return this.#sendAck();
    if (message.to !== this.page) return;
    this.#received(message.id);
    if (message.type === "reply") this.#receiveReply(message);
  }

  /** Sends a command. Never rejects: a failure is in the outcome. */
  command<Name extends CommandName>(command: Command<Name>): Promise<Outcome<Name>> {
    this.#commandId += 1;
    const id = this.#commandId;
    const state = this.store.linkState.peek();
    if (isOver(state)) return Promise.resolve({ ok: false, problem: ENDS[state]() });
    return new Promise((resolve) => {
      this.#unreceived.add(id);
      const busyTimer = this.clock.setTimeout(() => this.#noteBusy(), BUSY_AFTER);
      const pending: PendingReply<Name> = { resolve, busyTimer };
      this.#pendingReplies.set(id, pending);
      this.#send({ type: "command", page: this.page, id, ...command });
    });
  }

  /** Tells the kernel that the user leaves the page, so that it stops pacing frames by this page's acks. */
  bye(): void {
    if (!isOver(this.store.linkState.peek())) this.#send({ type: "bye", page: this.page });
  }

  visible(visible: boolean): void {
    this.#send({ type: "visible", page: this.page, visible });
  }

  /**
   * Asks for a snapshot, since the comm may have lost its other end (kernel restarted); without an answer the kernel is
   * gone.
   */
  checkAlive(): void {
    if (isOver(this.store.linkState.peek())) return;
    this.store.linkState.value = "stale";
    this.#sayHello();
    this.#goneTimer ??= this.clock.setTimeout(() => this.#noteGone(), GONE_AFTER);
  }

  /** The page has lost the Jupyter server. What the user does waits at the host; hellos would only pile up there. */
  lost(): void {
    const state = this.store.linkState.peek();
    if (isOver(state)) return;
    this.clock.clearTimeout(this.#hello);
    this.clock.clearTimeout(this.#goneTimer);
    this.clock.clearTimeout(this.#savedTimer);
    this.#hello = this.#goneTimer = this.#savedTimer = undefined;
    this.store.linkState.value = "lost";
  }

  /**
   * Asks for a snapshot, as messages may be missing: the Jupyter server is reached again, or the computer slept. Silence
   * tells nothing here, because a cell may block the kernel, so it never counts as gone.
   */
  resume(): void {
    const state = this.store.linkState.peek();
    if (state !== "live" && state !== "lost" && state !== "stale") return;
    this.store.linkState.value = "stale";
    this.#sayHello();
  }

  /** Finds out whether the kernel was shut down: some hosts, such as JupyterLab, show that only to who sends something. */
  probe(): void {
    if (this.#probeRest !== undefined || this.store.linkState.peek() !== "live") return;
    this.#probeRest = this.clock.setTimeout(() => {
      this.#probeRest = undefined;
    }, PROBE_REST);
    this.#sendAck();
  }

  gone(): void {
    this.#end("gone");
  }

  #noteSaved(): void {
    this.#savedTimer = undefined;
    if (this.store.linkState.peek() !== "waiting") return;
    if (this.isKernelBusy()) {
      this.store.kernelBusy.value = true;
      this.#savedTimer = this.clock.setTimeout(() => this.#noteSaved(), SAVED_AFTER);
    } else this.store.linkState.value = "saved";
  }

  #noteGone(): void {
    this.#goneTimer = undefined;
    if (this.isKernelBusy()) this.#goneTimer = this.clock.setTimeout(() => this.#noteGone(), GONE_AFTER);
    else this.gone();
  }

  #end(end: End): void {
    this.stop();
    this.store.end(end);
    for (const { resolve } of this.#pendingReplies.values()) resolve({ ok: false, problem: ENDS[end]() });
    this.#pendingReplies.clear();
    this.#unreceived.clear();
    this.store.kernelBusy.value = false;
  }

  #scheduleAck(verdict: Verdict): void {
    if (verdict === "gap") this.#sayHello();
    if (verdict !== "applied") return;
    this.clock.clearTimeout(this.#ackAtRest);
    this.#ackAtRest = this.clock.setTimeout(() => this.#sendAck(), ACK_REST);
    this.#ackAtLast ??= this.clock.setTimeout(() => this.#sendAck(), ACK_LATEST);
  }

  /**
   * Applies a snapshot. If its protocol is not this page's, it is not drawn, and the user is asked to reload the page.
   */
  #receiveSnapshot(snapshot: Snapshot): void {
    if (isOtherProtocol(snapshot)) return this.#end("outdated");
    this.clock.clearTimeout(this.#goneTimer);
    this.clock.clearTimeout(this.#savedTimer);
    this.#goneTimer = this.#savedTimer = undefined;
    if (this.#unreceived.size === 0) this.store.kernelBusy.value = false;
    this.#scheduleAck(this.store.receiveSnapshot(snapshot, this.page));
    this.clock.clearTimeout(this.#hello);
    this.#hello = undefined;
  }

  #receiveReply(reply: Reply): void {
    this.#pendingReplies.get(reply.id)?.resolve(outcomeOf(reply));
    this.#pendingReplies.delete(reply.id);
  }

  #received(id: number): void {
    this.clock.clearTimeout(this.#pendingReplies.get(id)?.busyTimer);
    this.#unreceived.delete(id);
    if (this.#unreceived.size === 0) this.store.kernelBusy.value = false;
  }

  #noteBusy(): void {
    if (this.#unreceived.size > 0) this.store.kernelBusy.value = true;
  }

  /** Asks for a snapshot, and asks again until one arrives. */
  #sayHello(): void {
    this.clock.clearTimeout(this.#hello);
    this.#send({ type: "hello", page: this.page, protocol: PROTOCOL });
    this.#hello = this.clock.setTimeout(() => this.#sayHello(), HELLO_EVERY);
  }

  #sendAck(): void {
    this.clock.clearTimeout(this.#ackAtRest);
    this.clock.clearTimeout(this.#ackAtLast);
    this.#ackAtRest = this.#ackAtLast = undefined;
    this.#send({ type: "ack", page: this.page, epoch: this.store.epoch, seq: this.store.seq });
  }

  #send(message: ToKernel): void {
    try {
      this.wire.send(message);
    } catch {
      // Sending on a closed comm throws: there is no kernel to talk to.
      if (!isOver(this.store.linkState.peek())) this.gone();
    }
  }
}

function silence(): Problem {
  return { name: "Refused", message: t.kernel.noResponse };
}

/** Why commands no longer reach the kernel. */
const ENDS: Record<End, () => Problem> = {
  gone: () => ({ name: "KernelGone", message: t.kernel.stopped }),
  outdated: () => ({
    name: "PageOutdated",
    message: t.kernel.upgraded,
    remedy: t.kernel.reloadPage,
  }),
};

function outcomeOf({ ok, result, problem }: Reply): Outcome {
  return ok ? { ok, result } : { ok, problem: problem ?? silence() };
}

/** A kernel older than the protocol number sends none; it counts as the same protocol. */
function isOtherProtocol({ protocol }: Snapshot): boolean {
  return protocol !== undefined && protocol !== PROTOCOL;
}
