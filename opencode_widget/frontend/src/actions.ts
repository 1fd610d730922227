/** What a person can do, as commands; and what the page shows until the kernel confirms it. */
import type { Link } from "./link";
import type { Command, InstanceId, PromptArguments, Reply, Session, SessionId } from "./protocol";
import { withoutKey } from "./store/pending";
import type { Store } from "./store/store";

export class Actions {
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
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const { instance, session, text } = args;
    const pending = { key, instance, text, created: Date.now(), ...(session === undefined ? {} : { session }) };
    this.store.pending.value = [...this.store.pending.peek(), pending];
    const reply = await this.link.command({ name: "prompt", args: { ...args, key } });
    if (!reply.ok) {
      this.store.pending.value = withoutKey(this.store.pending.peek(), key);
      return reply.problem
        ? [reply.problem.message, reply.problem.remedy].filter(Boolean).join(" ")
        : "It was not sent.";
    }
    this.#confirm(key, (reply.result ?? {}) as { session?: SessionId; message?: string });
    return undefined;
  }

  #confirm(key: string, result: { session?: SessionId; message?: string }): void {
    const shown = this.store.transcript.peek();
    const arrived = result.message !== undefined && shown?.message(result.message) !== undefined;
    this.store.pending.value = this.store.pending
      .peek()
      .filter((each) => each.key !== key || !arrived)
      .map((each) => (each.key === key ? { ...each, ...result } : each));
  }

  async newSession(instance: InstanceId): Promise<void> {
    await this.run({ name: "new_session", args: { instance } });
  }

  async closeSession(instance: InstanceId, { id }: Session): Promise<void> {
    await this.run({ name: "close_session", args: { instance, session: id } });
  }
}

function instanceOf(command: Command): InstanceId | undefined {
  return "instance" in command.args ? command.args.instance : undefined;
}
