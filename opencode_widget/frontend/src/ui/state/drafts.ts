/** What is written and not sent yet, a place (an instance and a session) each. The text outlives a reload of the page. */
import { batch, effect, type Signal, signal } from "@preact/signals";
import type { Attached } from "./attached_files";
import { follow, joined, type Meaning, withMark } from "./mentions";
import type { PromptEntry } from "./prompt_history";

export const NOTHING: PromptEntry = { text: "", marks: [], shell: false };

export class Draft {
  readonly content: Signal<PromptEntry>;
  readonly files: Signal<Attached[]> = signal([]);

  constructor(content: PromptEntry = NOTHING) {
    this.content = signal(content);
  }

  get text(): string {
    return this.content.peek().text;
  }

  get empty(): boolean {
    return this.text.trim() === "" && this.files.peek().length === 0;
  }

  /** The person edited the text. */
  write(text: string): void {
    const now = this.content.peek();
    if (text !== now.text) this.content.value = { ...now, text, marks: follow(now, text) };
  }

  /** What was just written at `start` stands for something. */
  mark(start: number, written: string, meaning: Meaning): void {
    const now = this.content.peek();
    this.content.value = { ...now, ...withMark(now, start, written, meaning) };
  }

  setShell(shell: boolean): void {
    this.content.value = { ...this.content.peek(), shell };
  }

  /** Empties it, and returns what it was. */
  drain(): { content: PromptEntry; files: Attached[] } {
    const drained = { content: this.content.peek(), files: this.files.peek() };
    batch(() => {
      this.content.value = NOTHING;
      this.files.value = [];
    });
    return drained;
  }

  /** What came back, or was written elsewhere, stands before what was written since. */
  putBack({ content, files }: { content: PromptEntry; files: Attached[] }): void {
    const now = this.content.peek();
    batch(() => {
      this.content.value = { ...joined(content, now), shell: now.text.trim() === "" ? content.shell : now.shell };
      this.files.value = [...files, ...this.files.peek()];
    });
  }
}

/** What of a Storage is used. */
export type TextStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "opencode-widget:draft:";
const SAVE_AFTER = 250;

/**
 * Args:
 *  nameOf: the name of a place that is the same after a reload; undefined where there is none: such a draft is not kept.
 *  shelf: where they are kept; hosts may refuse one, or have it full.
 */
export class Drafts {
  readonly #known = new Map<string, Draft>();
  readonly #ends = new Map<string, () => void>();

  constructor(
    readonly nameOf: (key: string) => string | undefined,
    readonly storage: TextStorage | undefined = sessionStorageOrNone(),
  ) {}

  at(key: string): Draft {
    const known = this.#known.get(key);
    if (known) return known;
    const name = this.nameOf(key);
    const draft = new Draft(name === undefined ? NOTHING : this.#read(name));
    this.#known.set(key, draft);
    if (name !== undefined) this.#ends.set(key, this.#keep(name, draft));
    return draft;
  }

  forget(key: string): void {
    this.#ends.get(key)?.();
    this.#ends.delete(key);
    this.#known.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#known.keys()]) this.forget(key);
  }

  /** Writes a while after the last key, and when it ends. */
  #keep(name: string, draft: Draft): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let saved = draft.content.peek();
    const save = () => {
      clearTimeout(timer);
      timer = undefined;
      if (saved !== draft.content.peek()) this.#write(name, draft.content.peek());
      saved = draft.content.peek();
    };
    const stop = effect(() => {
      if (draft.content.value === saved) return;
      timer ??= setTimeout(save, SAVE_AFTER);
    });
    const leaving = () => save();
    globalThis.addEventListener?.("pagehide", leaving);
    return () => {
      stop();
      save();
      globalThis.removeEventListener?.("pagehide", leaving);
    };
  }

  #read(name: string): PromptEntry {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(PREFIX + name) ?? "null");
      return isEntry(kept) ? kept : NOTHING;
    } catch {
      return NOTHING;
    }
  }

  #write(name: string, content: PromptEntry): void {
    try {
      if (content.text === "" && !content.shell) this.storage?.removeItem(PREFIX + name);
      else this.storage?.setItem(PREFIX + name, JSON.stringify(content));
    } catch {
      // Full or forbidden: the draft lives as long as the page.
    }
  }
}

function isEntry(value: unknown): value is PromptEntry {
  const entry = value as Partial<PromptEntry> | null;
  if (typeof entry?.text !== "string" || typeof entry.shell !== "boolean" || !Array.isArray(entry.marks)) return false;
  const { text } = entry;
  return entry.marks.every((mark) => mark.meaning && text.slice(mark.start, mark.end) === mark.written);
}

/** Hosts with strict settings throw already when it is asked for. */
function sessionStorageOrNone(): TextStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
