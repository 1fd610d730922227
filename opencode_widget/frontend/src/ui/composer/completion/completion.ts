/** The state of the completion list: its options, and the chosen one. It knows nothing of the DOM. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Agent, Found, NamedObject } from "../../../protocol";
import type { MarkedText } from "../../state/mentions";
import {
  commandOptions,
  mentionedAgents,
  mentionOptions,
  type Offered,
  type Option,
  type Trigger,
  triggerAt,
} from "./completion_options";

interface CompletionSource {
  commands(): Offered[];
  agents(): Agent[];
  /** Undefined where the server cannot search. */
  find(query: string): Promise<Found[]> | undefined;
  /** Names of what the notebook's kernel holds; undefined where they may not be used. */
  names(query: string): Promise<NamedObject[]> | undefined;
}

/** Milliseconds after the last key before the server is asked. */
const ASK_AFTER = 90;

export class Completion {
  readonly trigger: Signal<Trigger | undefined> = signal(undefined);
  readonly options: ReadonlySignal<Option[]>;
  /** The index of the chosen option. */
  readonly active: Signal<number> = signal(0);
  /** The last result, which stays on screen while a longer query is on its way. */
  readonly #found: Signal<Found[]> = signal([]);
  readonly #names: Signal<NamedObject[]> = signal([]);
  /** The start of the word whose list the user closed. */
  #dismissed: number | undefined;
  #asked: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly source: CompletionSource) {
    this.options = computed(() => this.#optionsOf(this.trigger.value));
  }

  get open(): boolean {
    return this.options.value.length > 0;
  }

  get chosen(): Option | undefined {
    return this.options.peek()[this.active.peek()];
  }

  /** Updates the list after a change of the text or the caret. */
  look(written: MarkedText, caret: number, shell: boolean): void {
    const trigger = triggerAt(written, caret, shell);
    if (trigger?.start !== this.#dismissed) this.#dismissed = undefined;
    const before = this.trigger.peek();
    if (trigger === undefined || this.#dismissed !== undefined) return this.#close();
    if (before?.query === trigger.query && before.start === trigger.start && before.end === trigger.end) return;
    batch(() => {
      this.trigger.value = trigger;
      this.active.value = 0;
    });
    if (trigger.kind === "mention") this.#askSoon(trigger.query);
  }

  /** Closes the list (Escape); it stays closed for this word. */
  dismiss(): void {
    this.#dismissed = this.trigger.peek()?.start;
    this.#close();
  }

  move(step: 1 | -1): void {
    const count = this.options.peek().length;
    this.active.value = (this.active.peek() + step + count) % count;
  }

  dispose(): void {
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#asked = undefined;
    if (this.trigger.peek()) this.trigger.value = undefined;
  }

  #optionsOf(trigger: Trigger | undefined): Option[] {
    if (!trigger) return [];
    if (trigger.kind === "command") return commandOptions(trigger.query, this.source.commands());
    return mentionOptions(trigger.query, mentionedAgents(this.source.agents()), this.#found.value, this.#names.value);
  }

  #askSoon(query: string): void {
    clearTimeout(this.#timer);
    this.#asked = query;
    this.#timer = setTimeout(() => {
      void this.#ask(query, this.source.find(query), this.#found);
      void this.#ask(query, this.source.names(query), this.#names);
    }, ASK_AFTER);
  }

  /** Shows what server or kernel answers. A reply that arrives after the word has changed is dropped. */
  async #ask<Item>(query: string, asked: Promise<Item[]> | undefined, shown: Signal<Item[]>): Promise<void> {
    const found = await asked;
    if (found === undefined || this.#asked !== query) return;
    const chosen = this.chosen?.id;
    batch(() => {
      shown.value = found;
      const at = this.options.value.findIndex((option) => option.id === chosen);
      this.active.value = this.active.peek() === 0 ? 0 : Math.max(at, 0);
    });
  }
}
