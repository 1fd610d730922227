/** What a person can do, as commands; and what the page shows until the kernel confirms it. */
import type { Link } from "./link";
import type { Command, InstanceId, PromptArguments, Reply, Session, SessionId } from "./protocol";
import { withoutKey } from "./store/pending";
import type { Store } from "./store/store";

/** Stands for a session that is being made: it can be written to at once. */
export const NEW: SessionId = "new";

export class Actions {
  /** The sessions that are being made, by their instance. */
  readonly #making = new Map<InstanceId, Promise<SessionId | undefined>>();

  constructor(
    readonly store: Store,
    readonly link: Link,
  ) {}

  /** Carries out a command whose failure is worth a word wherever the person is. */
  async run(command: Command): Promise<Reply> {
    const reply = await this.link.command(command);
    if (!reply.ok && reply.problem) this.store.toast(reply.problem, instanceOf(command));
    return reply;
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

  /** `undefined` if it went; otherwise why it did not: the text belongs back in the box. */
  async prompt(args: Omit<PromptArguments, "key">): Promise<string | undefined> {
    const making = args.session === NEW ? this.#making.get(args.instance) : undefined;
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const { instance, session, text } = args;
    const pending = { key, instance, text, created: Date.now(), ...(session === undefined ? {} : { session }) };
    this.store.pending.value = [...this.store.pending.peek(), pending];
    const made = making && (await making);
    if (making && made === undefined) return this.#unsent(key, NOT_MADE);
    if (made !== undefined) this.#rename(key, made);
    const named = made === undefined ? args : { ...args, session: made };
    const reply = await this.link.command({ name: "prompt", args: { ...named, key } });
    if (!reply.ok) {
      const { message, remedy } = reply.problem ?? { message: "It was not sent." };
      return this.#unsent(key, [message, remedy].filter(Boolean).join(" "));
    }
    this.#confirm(key, (reply.result ?? {}) as { session?: SessionId; message?: string });
    return undefined;
  }

  #unsent(key: string, reason: string): string {
    this.store.pending.value = withoutKey(this.store.pending.peek(), key);
    return reason;
  }

  #rename(key: string, session: SessionId): void {
    const pending = this.store.pending.peek();
    this.store.pending.value = pending.map((each) => (each.key === key ? { ...each, session } : each));
  }

  #confirm(key: string, result: { session?: SessionId; message?: string }): void {
    const shown = this.store.transcript.peek();
    const arrived = result.message !== undefined && shown?.message(result.message) !== undefined;
    this.store.pending.value = this.store.pending
      .peek()
      .filter((each) => each.key !== key || !arrived)
      .map((each) => (each.key === key ? { ...each, ...result } : each));
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

const NOT_MADE = "A session could not be made for it.";

function sessionOf(reply: Reply): SessionId | undefined {
  return reply.ok ? (reply.result as { session?: SessionId } | undefined)?.session : undefined;
}

function instanceOf(command: Command): InstanceId | undefined {
  return "instance" in command.args ? command.args.instance : undefined;
}
