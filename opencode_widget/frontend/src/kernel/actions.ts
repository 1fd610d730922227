/** Sends what the user does as commands, and shows it until the kernel confirms it. */
import { effect } from "@preact/signals";
import type { Command, CommandName, Instance, InstanceId, MessageId, Outcome, Session, SessionId } from "../protocol";
import { t } from "../words/words";
import type { Link } from "./link";
import type { Selection, Unconfirmed } from "./page_state";
import { type Outgoing, type Pending, type PromptCommand, withoutKey } from "./pending";

/** Stands for a session that does not exist yet: the user can write to it, and the first prompt makes it. */
export const NEW: SessionId = "new";

export class Actions {
  /** Sessions that the kernel is creating, by instance. */
  readonly #making = new Map<InstanceId, Promise<SessionId | undefined>>();

  constructor(
    readonly store: Unconfirmed,
    private readonly link: Link,
    /** Is called when a command of the user's has changed the selection, with the session that is on screen now. */
    private readonly onSelected: (session: SessionId | null) => void = () => undefined,
  ) {}

  /** Sends a command and shows a toast if it fails. */
  async run<Name extends CommandName>(command: Command<Name>): Promise<Outcome<Name>> {
    const before = this.store.selection();
    const reply = await this.link.command(command);
    this.#reportSelection(before);
    if (!reply.ok) this.store.toast(reply.problem, instanceOf(command));
    return reply;
  }

  /** Sends a command. The view that asked shows the failure, which is in the reply. */
  ask<Name extends CommandName>(command: Command<Name>): Promise<Outcome<Name>> {
    return this.link.command(command);
  }

  /** The user turned to the widget: is the kernel still there? */
  probe(): void {
    this.link.probe();
  }

  async selectInstance(instance: InstanceId): Promise<void> {
    await this.#select({ instance }, { name: "select_instance", args: { instance } });
  }

  async selectSession(instance: InstanceId, session: SessionId): Promise<void> {
    await this.#select({ instance, session }, { name: "select_session", args: { instance, session } });
  }

  /** Shows the tab as selected at once; the kernel's answer decides. */
  async #select(wanted: { instance: InstanceId; session?: SessionId }, command: Command): Promise<void> {
    const before = this.store.selection();
    this.store.wanted.value = wanted;
    await this.run(command);
    if (this.store.wanted.peek() === wanted) this.store.wanted.value = undefined;
    this.#reportSelection(before);
  }

  /**
   * Reports the selection if it is another one than `before`. The frame with a command's effect comes before its reply.
   * While a later selection is unconfirmed nothing is reported: the report might reach the kernel after that one.
   */
  #reportSelection(before: Selection): void {
    const now = this.store.selection();
    if (this.store.wanted.peek() !== undefined) return;
    if (now.instance !== before.instance || now.session !== before.session) this.onSelected(now.session ?? null);
  }

  /**
   * Sends a prompt. Returns the reason if it failed, so that the text goes back into the box; `undefined` if it was
   * sent or withdrawn.
   */
  async send({ name, args }: Outgoing, shown: string): Promise<string | undefined> {
    const making = this.#making.get(args.session === NEW ? args.instance : "");
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#show(key, { name, args } as Outgoing, shown);
    const made = making && (await making);
    if (made !== undefined) this.#change(key, { session: made });
    if (making && made === undefined && this.#holds(key)) return this.#unsent(key, t.kernel.sessionNotCreated);
    const session = made ?? args.session;
    const where = { ...args, ...(session === undefined ? {} : { session }), key };
    const reply = await this.#sendWhenFree(key, { name, args: where } as Command<PromptCommand>);
    if (reply === undefined) return undefined;
    if (!reply.ok) {
      const { message, remedy } = reply.problem;
      return this.#unsent(key, [message, remedy].filter(Boolean).join(" "));
    }
    this.#confirm(key, reply.result ?? {});
    return undefined;
  }

  /** Sends it when kernel and server can be reached; resolves to undefined if the user takes it back before. */
  async #sendWhenFree(key: string, command: Command<PromptCommand>): Promise<Outcome<PromptCommand> | undefined> {
    const { kernelBusy, pending } = this.store;
    const { instance } = command.args;
    for (;;) {
      const free = () => !kernelBusy.value && !this.#isAway(instance);
      if (!free()) await until(() => free() || !pending.value.some((each) => each.key === key));
      if (!this.#holds(key)) return undefined;
      this.#change(key, { ours: false });
      const reply = await this.link.command(command);
      if (reply.ok || reply.problem.name !== NOT_CONNECTED) return reply;
      this.#change(key, { ours: true });
    }
  }

  /** True while the server has been lost; one that is still being connected for the first time is on its way. */
  #isAway(id: InstanceId): boolean {
    const state = this.store.instances.value.find((each) => each.id === id)?.connection.state;
    return state === "reconnecting" || state === "disconnected";
  }

  /** Takes back a prompt that has not left this page; returns it. */
  withdraw(key: string): Outgoing | undefined {
    const found = this.store.pending.peek().find((each) => each.key === key && each.ours);
    if (found) this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    return found?.command;
  }

  #show(key: string, command: Outgoing, text: string): void {
    const { instance, session } = command.args;
    const pending = {
      key,
      command,
      instance,
      text,
      created: Date.now(),
      ours: true,
      ...(session === undefined ? {} : { session }),
    };
    this.store.pending.value = [...this.store.pending.peek(), pending];
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

  /** Confirms by message id; a command whose reply names no message is confirmed by its effect. */
  #confirm(key: string, result: { session?: SessionId; message?: MessageId }): void {
    const { message } = result;
    const arrived = message === undefined || this.store.hasMessage(message);
    if (arrived) this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    else this.#change(key, result);
  }

  /** Shows the place of a session that does not exist yet, until the user or the kernel selects another one. */
  draftSession(instance: InstanceId): void {
    const wanted = { instance, session: NEW };
    this.store.wanted.value = wanted;
    let before = this.#known(instance)?.activeSession;
    const stop = effect(() => {
      const known = this.#known(instance);
      const isMoved = known?.activeSession !== before && known?.activeSession !== undefined;
      if (this.store.wanted.value !== wanted || this.#making.has(instance)) queueMicrotask(() => stop());
      // A server that is being connected tells what was selected before, which is no selection.
      else if (known?.connection.state !== "connected") before = known?.activeSession;
      else if (isMoved) queueMicrotask(() => this.leaveDraft(instance));
    });
  }

  /** Goes back from the place of a new session to the session selected before. */
  leaveDraft(instance: InstanceId): void {
    const wanted = this.store.wanted.peek();
    if (wanted?.instance === instance && wanted.session === NEW) this.store.wanted.value = undefined;
  }

  /** True while the kernel creates a session for the prompts written at its place. */
  isMaking(instance: InstanceId): boolean {
    return this.#making.has(instance);
  }

  #known(id: InstanceId): Instance | undefined {
    return this.store.instances.value.find((each) => each.id === id);
  }

  /**
   * Creates the session as soon as the server can be reached; NEW if all prompts for it are taken back before, and
   * undefined if it cannot be created.
   */
  async #make(instance: InstanceId): Promise<SessionId | undefined> {
    const { pending } = this.store;
    const isWanted = () => pending.value.some((each) => each.instance === instance && each.session === NEW);
    await undefined; // the prompt that wants the session is shown in this task
    for (;;) {
      await until(() => !this.#isAway(instance) || !isWanted());
      if (!isWanted()) return NEW;
      const reply = await this.link.command({ name: "new_session", args: { instance } });
      if (reply.ok) return reply.result?.session;
      if (reply.problem.name !== NOT_CONNECTED) {
        this.store.toast(reply.problem, instance);
        return undefined;
      }
    }
  }

  /**
   * Creates a session and shows it at once under the name NEW. Returns its id, undefined if the kernel could not
   * create it, and NEW if it need not.
   */
  async newSession(instance: InstanceId): Promise<SessionId | undefined> {
    const wanted = { instance, session: NEW };
    const before = this.store.selection();
    this.store.wanted.value = wanted;
    const making = this.#make(instance);
    this.#making.set(instance, making);
    const session = await making;
    if (this.#making.get(instance) === making) this.#making.delete(instance);
    if (this.store.wanted.peek() === wanted) {
      if (session === NEW) this.draftSession(instance);
      else this.store.wanted.value = undefined;
    }
    this.#reportSelection(before);
    return session;
  }

  async closeSession(instance: InstanceId, { id }: Session): Promise<void> {
    await this.run({ name: "close_session", args: { instance, session: id } });
  }
}

/** Resolves when the condition, which reads signals, becomes true. */
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

/** The kernel's error that says that nothing was sent. */
const NOT_CONNECTED = "NotConnected";

function instanceOf({ args }: { args: { instance?: InstanceId } | object }): InstanceId | undefined {
  return "instance" in args ? args.instance : undefined;
}
