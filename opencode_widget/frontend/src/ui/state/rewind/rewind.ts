/**
 * Prompts that were taken back: what the composer holds of them, and how they are restored.
 *
 * Undo puts a prompt's words into the composer. The next undo replaces them, and redo removes them again, as long as the
 * user has not changed them. An edit replaces the draft, and gives it back when the user cancels.
 */
import { type Signal, signal } from "@preact/signals";
import type { Actions } from "../../../kernel/actions";
import type { InstanceId, MessageId, SessionId } from "../../../protocol";
import type { Store } from "../../../store/store";
import type { ComposerState } from "../composer";
import type { Draft } from "../drafts";
import { conversationKey } from "../selection";
import type { Written } from "../written";
import { type EditedPrompt, isEditedPrompt } from "./edited_prompt";

interface Conversation {
  instance: InstanceId;
  session: SessionId;
}

interface Undone {
  message: MessageId;
  written: Written;
}

export class Rewind {
  /** Of each conversation, the prompts that were undone, the latest last. */
  readonly #undone = new Map<string, Undone[]>();
  readonly #edited = new Map<string, Signal<EditedPrompt | undefined>>();

  constructor(
    readonly store: Store,
    readonly actions: Actions,
    readonly composer: ComposerState,
  ) {}

  /** Takes back a prompt and all after it, and puts its words into the composer. */
  async undo(where: Conversation, message: MessageId, written: Written): Promise<void> {
    const earlier = this.#hidden(where);
    const reply = await this.actions.run({ name: "revert", args: { ...where, message } });
    if (!reply.ok) return;
    const stack = this.#stack(where, earlier);
    const draft = this.#draft(where);
    if (holds(draft, stack.at(-1)?.written)) draft.drain();
    this.endEdit(where);
    stack.push({ message, written });
    draft.putBack(written);
  }

  /** Restores the first prompt that was taken back. */
  async redo(where: Conversation): Promise<void> {
    const stack = this.#stack(where, this.#hidden(where));
    const reply = await this.actions.run({ name: "redo", args: where });
    const restored = reply.ok ? stack.pop() : undefined;
    const draft = this.#draft(where);
    if (!restored || !holds(draft, restored.written)) return;
    draft.drain();
    const next = stack.at(-1);
    if (next) draft.putBack(next.written);
  }

  /** Restores all that was taken back. */
  async restore(where: Conversation): Promise<void> {
    const reply = await this.actions.run({ name: "unrevert", args: where });
    if (!reply.ok) return;
    this.endEdit(where);
    const draft = this.#draft(where);
    if (holds(draft, this.#undone.get(keyOf(where))?.at(-1)?.written)) draft.drain();
    this.#undone.delete(keyOf(where));
  }

  /** Takes back a prompt so that the user can edit it; its words replace the draft until the edit ends. */
  async edit(where: Conversation, message: MessageId, written: Written, files: number): Promise<void> {
    const earlier = this.#hidden(where);
    const reply = await this.actions.run({ name: "revert", args: { ...where, message } });
    if (!reply.ok) return;
    const before = this.#edit(where).peek()?.before ?? this.#draft(where).drain();
    this.#draft(where).drain();
    this.#draft(where).putBack(written);
    this.#setEdit(where, { message, before, files, ...(earlier === undefined ? {} : { earlier }) });
    this.composer.focusPrompt();
  }

  /** The prompt that the user edits; undefined once it was sent or restored. */
  edited(where: Conversation): EditedPrompt | undefined {
    const edited = this.#edit(where).value;
    return edited && this.#hiddenNow(where) === edited.message ? edited : undefined;
  }

  /** Restores the prompt that the user edits, and the draft that was there before. */
  async cancelEdit(where: Conversation): Promise<void> {
    const edited = this.edited(where);
    if (!edited) return;
    const reply = await (edited.earlier === undefined
      ? this.actions.run({ name: "unrevert", args: where })
      : this.actions.run({ name: "revert", args: { ...where, message: edited.earlier } }));
    if (!reply.ok) return;
    const draft = this.#draft(where);
    // Up finds the words again.
    if (!draft.empty) this.composer.remember(keyOf(where), draft.drain());
    draft.drain();
    draft.putBack(edited.before);
    this.endEdit(where);
    this.composer.focusPrompt();
  }

  /** The edit is over: its prompt was sent, or restored. */
  endEdit(where: Conversation): void {
    if (this.#edit(where).peek()) this.#setEdit(where, undefined);
  }

  #draft(where: Conversation): Draft {
    return this.composer.draft(keyOf(where));
  }

  /** The prompts that are still taken back. Another program may have restored them. */
  #stack(where: Conversation, hidden: MessageId | undefined): Undone[] {
    const known = this.#undone.get(keyOf(where)) ?? [];
    const stack = known.at(-1)?.message === hidden ? known : [];
    this.#undone.set(keyOf(where), stack);
    return stack;
  }

  #edit(where: Conversation): Signal<EditedPrompt | undefined> {
    const key = keyOf(where);
    const known = this.#edited.get(key) ?? signal(this.composer.readKept("edit", key, isEditedPrompt));
    this.#edited.set(key, known);
    return known;
  }

  #setEdit(where: Conversation, edited: EditedPrompt | undefined): void {
    this.#edit(where).value = edited;
    this.composer.writeKept("edit", keyOf(where), edited);
  }

  /** The first message that is taken back now. */
  #hidden(where: Conversation): MessageId | undefined {
    const shown = this.store.transcript.peek();
    return shown?.session === where.session ? shown.reverted.peek()?.message : undefined;
  }

  #hiddenNow(where: Conversation): MessageId | undefined {
    const shown = this.store.transcript.value;
    return shown?.session === where.session ? shown.reverted.value?.message : undefined;
  }
}

function keyOf({ instance, session }: Conversation): string {
  return conversationKey(instance, session);
}

/** Does the draft hold these words, unchanged? */
function holds(draft: Draft, written: Written | undefined): boolean {
  if (!written || draft.text !== written.content.text) return false;
  const files = draft.files.peek();
  return files.length === written.files.length && files.every((file, index) => file.url === written.files[index]?.url);
}
