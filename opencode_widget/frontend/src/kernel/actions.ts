/** What a person can do, as commands; and what the page shows until the kernel confirms it. */
import { effect } from "@preact/signals";
import type { Command, CommandName, InstanceId, MessageId, Outcome, Session, SessionId } from "../protocol";
import type { Link } from "./link";
import type { Unconfirmed } from "./page_state";
import { type Pending, withoutKey } from "./pending";

/** Stands for a session that is being made: it can be written to at once. */
export const NEW: SessionId = "new";

type Sending = "prompt" | "run_command" | "shell";

/** What leaves the composer; the actions give it its key. */
export type Outgoing = {
  [Name in Sending]: { name: Name; args: Omit<Command<Name>["args"], "key"> };
}[Sending];

export class Actions {
  /** The sessions that are being made, by their instance. */
  readonly #making = new Map<InstanceId, Promise<SessionId | undefined>>();

  constructor(
    readonly store: Unconfirmed,
    private readonly link: Link,
  ) {}

  /** Carries out a command whose failure is worth a word wherever the person is. */
  async run<Name extends CommandName>(command: Command<Name>): Promise<Outcome<Name>> {
    const reply = await this.link.command(command);
    if (!reply.ok) this.store.toast(reply.problem, instanceOf(command));
    return reply;
  }

  /** Carries out a command; what goes wrong is in the reply, and the view that asked says it. */
  ask<Name extends CommandName>(command: Command<Name>): Promise<Outcome<Name>> {
    return this.link.command(command);
  }

  async selectInstance(instance: InstanceId): Promise<void> {
    await this.#select({ instance }, { name: "select_instance", args: { instance } });
  }

  async selectSession(instance: InstanceId, session: SessionId): Promise<void> {
    await this.#select({ instance, session }, { name: "select_session", args: { instance, session } });
  }

  /** The tab is shown as selected at once; the kernel's answer decides. */
  async #select(wanted: { instance: InstanceId; session?: SessionId }, command: Command): Promise<void> {
    this.store.wanted.value = wanted;
    await this.run(command);
    if (this.store.wanted.peek() === wanted) this.store.wanted.value = undefined;
  }

  /** `undefined` if it went, or was taken back; otherwise why it did not go: the text belongs back in the box. */
  async send({ name, args }: Outgoing, shown: string): Promise<string | undefined> {
    const making = args.session === NEW ? this.#making.get(args.instance) : undefined;
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#show(key, args, shown);
    const made = making && (await making);
    if (made !== undefined) this.#change(key, { session: made });
    if (this.store.kernelBusy.peek()) await this.#kernelFree(key);
    if (!this.#holds(key)) return undefined;
    if (making && made === undefined) return this.#unsent(key, NOT_MADE);
    this.#change(key, { ours: false });
    const session = made ?? args.session;
    const reply = await this.link.command({
      name,
      args: { ...args, ...(session === undefined ? {} : { session }), key },
    } as Command<Sending>);
    if (!reply.ok) {
      const { message, remedy } = reply.problem;
      return this.#unsent(key, [message, remedy].filter(Boolean).join(" "));
    }
    this.#confirm(key, reply.result ?? {});
    return undefined;
  }

  /** Takes back a prompt that has not left this page; returns its text. */
  withdraw(key: string): string | undefined {
    const found = this.store.pending.peek().find((each) => each.key === key && each.ours);
    if (found) this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    return found?.text;
  }

  #show(key: string, { instance, session }: Outgoing["args"], text: string): void {
    const pending = {
      key,
      instance,
      text,
      created: Date.now(),
      ours: true,
      ...(session === undefined ? {} : { session }),
    };
    this.store.pending.value = [...this.store.pending.peek(), pending];
  }

  /** While the kernel is known to be busy a prompt stays here, so that it can be taken back. */
  async #kernelFree(key: string): Promise<void> {
    const { kernelBusy, pending } = this.store;
    await until(() => !kernelBusy.value || !pending.value.some((each) => each.key === key));
  }

  #holds(key: string): boolean {
    return this.store.pending.peek().some((each) => each.key === key);
  }

  #unsent(key: string, reason: string): string {
    this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    return reason;
  }

  #change(key: string, change: Partial<Pending>): void {
    const pending = this.store.pending.peek();
    this.store.pending.value = pending.map((each) => (each.key === key ? { ...each, ...change } : each));
  }

  /** A command that names no message is shown by what it brings about. */
  #confirm(key: string, result: { session?: SessionId; message?: MessageId }): void {
    const { message } = result;
    const arrived = message === undefined || this.store.hasMessage(message);
    if (arrived) this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    else this.#change(key, result);
  }

  /** The new session is on screen at once, under the name NEW. Returns its id; undefined if it could not be made. */
  async newSession(instance: InstanceId): Promise<SessionId | undefined> {
    const wanted = { instance, session: NEW };
    this.store.wanted.value = wanted;
    const making = this.run({ name: "new_session", args: { instance } }).then(sessionOf);
    this.#making.set(instance, making);
    const session = await making;
    if (this.#making.get(instance) === making) this.#making.delete(instance);
    if (this.store.wanted.peek() === wanted) this.store.wanted.value = undefined;
    return session;
  }

  async closeSession(instance: InstanceId, { id }: Session): Promise<void> {
    await this.run({ name: "close_session", args: { instance, session: id } });
  }
}

/** Resolves when the condition, which reads signals, holds. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let done = false;
    const stop = effect(() => {
      if (done || !condition()) return;
      done = true;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

const NOT_MADE = "A session could not be made for it.";

function sessionOf(reply: Outcome<"new_session">): SessionId | undefined {
  return reply.ok ? reply.result?.session : undefined;
}

function instanceOf({ args }: { args: { instance?: InstanceId } | object }): InstanceId | undefined {
  return "instance" in args ? args.instance : undefined;
}
