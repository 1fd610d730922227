/**
 * A transcript as signals: one for each message head, one for each part. A delta changes a part in place and notifies
 * only the part's listeners.
 */
import { type Signal, signal } from "@preact/signals";
import type { Message, MessageHead, MessageId, Part, PartId, Problem, SessionId, Todo, Transcript } from "../protocol";
import { insertAfter } from "./order";

export type TextField = "text" | "raw" | "output";
type TextListener = (field: TextField, text: string) => void;

export class PartCell {
  readonly part: Signal<Part>;
  readonly #listeners = new Set<TextListener>();

  constructor(part: Part) {
    this.part = signal(part);
  }

  get id(): PartId {
    return this.part.peek().id;
  }

  /** Appends to a field in place and notifies only those who called `listen`. */
  append(field: TextField, text: string): void {
    const part = this.part.peek() as unknown as Record<TextField, string | undefined>;
    part[field] = (part[field] ?? "") + text;
    for (const listener of this.#listeners) listener(field, text);
  }

  listen(listener: TextListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export class MessageCell {
  readonly head: Signal<MessageHead>;
  readonly parts: Signal<PartCell[]>;

  constructor(message: Message) {
    this.head = signal(message.head);
    this.parts = signal(message.parts.map((part) => new PartCell(part)));
  }

  get id(): MessageId {
    return this.head.peek().id;
  }

  update(message: Message): void {
    const known = new Map(this.parts.peek().map((cell) => [cell.id, cell]));
    this.head.value = message.head;
    this.parts.value = message.parts.map((part) => {
      const cell = known.get(part.id);
      if (cell) cell.part.value = part;
      return cell ?? new PartCell(part);
    });
  }

  part(id: PartId): PartCell | undefined {
    return this.parts.peek().find((cell) => cell.id === id);
  }

  putPart(part: Part, after: PartId | null): void {
    const known = this.part(part.id);
    if (known) known.part.value = part;
    this.parts.value = insertAfter(this.parts.peek(), known ?? new PartCell(part), after);
  }

  removePart(id: PartId): void {
    this.parts.value = this.parts.peek().filter((cell) => cell.id !== id);
  }
}

export class TranscriptCell {
  readonly instance: string;
  readonly session: SessionId;
  readonly state: Signal<Transcript["state"]>;
  readonly problem: Signal<Problem | undefined>;
  readonly messages: Signal<MessageCell[]>;
  readonly more: Signal<boolean>;
  readonly todos: Signal<Todo[]>;
  readonly reverted: Signal<Transcript["reverted"]>;
  readonly #byId = new Map<MessageId, MessageCell>();

  constructor(transcript: Transcript) {
    this.instance = transcript.instance;
    this.session = transcript.session;
    this.state = signal(transcript.state);
    this.problem = signal(transcript.problem);
    this.messages = signal(transcript.messages.map((message) => this.#cell(message)));
    this.more = signal(transcript.more);
    this.todos = signal(transcript.todos);
    this.reverted = signal(transcript.reverted);
  }

  /**
   * Replaces the content with the same session's current state (after a gap). Known messages keep their cells, so that
   * the page rebuilds nothing that is on screen.
   */
  update(transcript: Transcript): void {
    const known = new Map(this.#byId);
    this.#byId.clear();
    this.state.value = transcript.state;
    this.problem.value = transcript.problem;
    this.messages.value = transcript.messages.map((message) => this.#cell(message, known.get(message.head.id)));
    this.more.value = transcript.more;
    this.todos.value = transcript.todos;
    this.reverted.value = transcript.reverted;
  }

  message(id: MessageId): MessageCell | undefined {
    return this.#byId.get(id);
  }

  putMessage(head: MessageHead, after: MessageId | null): void {
    const known = this.#byId.get(head.id);
    if (known) known.head.value = head;
    this.messages.value = insertAfter(this.messages.peek(), known ?? this.#cell({ head, parts: [] }), after);
  }

  removeMessage(id: MessageId): void {
    this.#byId.delete(id);
    this.messages.value = this.messages.peek().filter((cell) => cell.id !== id);
  }

  prepend(messages: Message[], more: boolean): void {
    const older = messages.map((message) => this.#cell(message, this.#byId.get(message.head.id)));
    const moved = new Set(older);
    this.messages.value = [...older, ...this.messages.peek().filter((cell) => !moved.has(cell))];
    this.more.value = more;
  }

  #cell(message: Message, known?: MessageCell): MessageCell {
    const cell = known ?? new MessageCell(message);
    if (known) known.update(message);
    this.#byId.set(message.head.id, cell);
    return cell;
  }
}
