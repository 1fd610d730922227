/** The user's choices for the next prompt; absent: the server's own. */

import { type Signal, signal } from "@preact/signals";
import { NEW } from "../../kernel/actions";
import { lookUp } from "../../lookup";
import type { InstanceId, SessionId } from "../../protocol";
import type { Store } from "../../store/store";
import { type Draft, Drafts } from "./drafts";
import type { Attached } from "./files/attached_files";
import type { Kept } from "./kept";
import type { PromptChoice } from "./options/effective_choice";
import { History, type PromptEntry } from "./prompt_history";
import { conversationKey } from "./selection";
import type { Written } from "./written";

/** Characters of sent files that are kept for Up. */
const REMEMBERED = 30_000_000;

function isChoice(value: unknown): value is PromptChoice {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((each) => each === undefined || typeof each === "string")
  );
}

/** The picker that is open. */
export type PickerName = "agent" | "model" | "variant";

/** A line above the composer. */
export interface Note {
  tone: "bad" | "info";
  text: string;
}

/**
 * Drafts, choices and notes of all conversations of one view. They live as long as the page, so that a look at another
 * tab loses nothing.
 */
export class ComposerState {
  readonly picker: Signal<PickerName | undefined> = signal(undefined);
  /** Grows when the prompt is to get the focus. */
  readonly focusRequests: Signal<number> = signal(0);
  /** How many of these the prompt has followed, which may be drawn only later. */
  focusesServed = 0;
  readonly #drafts: Drafts;
  readonly #choices = new Map<string, Signal<PromptChoice>>();
  readonly #histories = new Map<string, History>();
  /** Prompts sent from this page, oldest first; `key`: the conversation. */
  readonly sent: Array<{ key: string; entry: PromptEntry; files: Attached[] }> = [];
  /** The line above the composer, by conversation: why a prompt came back, what a command did. */
  readonly notes: Signal<Record<string, Note | undefined>> = signal({});

  constructor(
    readonly store: Store,
    readonly kept: Kept,
  ) {
    this.#drafts = new Drafts((key) => lastingName(store, key));
  }

  draft(key: string): Draft {
    return this.#drafts.at(key);
  }

  /** The choice for the next prompt of a conversation. It survives a reload of the page. */
  choice(key: string): Signal<PromptChoice> {
    const known = this.#choices.get(key);
    if (known) return known;
    const choice = signal(this.readKept("choice", key, isChoice) ?? {});
    this.#choices.set(key, choice);
    return choice;
  }

  choose(key: string, choice: PromptChoice): void {
    this.choice(key).value = choice;
    this.writeKept("choice", key, choice);
  }

  history(key: string): History {
    const known = this.#histories.get(key) ?? new History();
    this.#histories.set(key, known);
    return known;
  }

  setNote(key: string, note: Note | undefined): void {
    if (note !== lookUp(this.notes.peek(), key)) this.notes.value = { ...this.notes.peek(), [key]: note };
  }

  /** Puts a withdrawn prompt back into the composer, so that the user can change it and send it again. */
  writeAgain(instance: InstanceId, session: SessionId | undefined, written: Written): void {
    this.draft(conversationKey(instance, session)).putBack(written);
  }

  /** Moves the focus to the prompt, with the caret at its end. */
  focusPrompt(): void {
    this.focusRequests.value += 1;
  }

  /** What was kept under this name for a conversation, if `fits` accepts it. */
  readKept<Value>(name: string, key: string, fits: (value: unknown) => value is Value): Value | undefined {
    const lasting = lastingName(this.store, key);
    return lasting === undefined ? undefined : this.kept.read(`${name} ${lasting}`, fits);
  }

  writeKept(name: string, key: string, value: unknown): void {
    const lasting = lastingName(this.store, key);
    if (lasting !== undefined) this.kept.write(`${name} ${lasting}`, value);
  }

  /** Remembers what was sent, for Up. Of files only the latest are kept. */
  remember(key: string, { content, files }: Written): void {
    this.sent.push({ key, entry: content, files });
    let size = 0;
    for (const each of this.sent.toReversed()) {
      size += each.files.reduce((sum, { url }) => sum + url.length, 0);
      if (size > REMEMBERED) each.files = [];
    }
  }

  /** Moves drafts, choices and history to another conversation, when a new session has got its id. */
  move(from: string, to: string, withChoice: boolean): void {
    const draft = this.draft(from);
    const choice = this.choice(from).peek();
    if (!draft.empty) this.draft(to).putBack(draft.drain());
    if (withChoice) this.choose(to, choice);
    for (const each of this.sent) if (each.key === from) each.key = to;
    this.#drafts.forget(from);
    this.#choices.delete(from);
    this.#histories.delete(from);
  }

  dispose(): void {
    this.#drafts.dispose();
  }
}

/**
 * A name that survives restarts. Instance ids change with each kernel, and ports with each server that we start;
 * folders and sessions stay.
 */
function lastingName(store: Store, key: string): string | undefined {
  const [id, session] = key.split(" ");
  const instance = store.instances.peek().find((each) => each.id === id);
  if (!instance || session === NEW) return undefined;
  return [instance.owned ? "" : instance.url, instance.directory, session].join(" ");
}
