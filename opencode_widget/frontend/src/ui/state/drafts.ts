/** What is written and not sent yet, a place (an instance and a session) each. The text outlives a reload of the page. */
import { batch, effect, type Signal, signal } from "@preact/signals";
import type { Attached } from "./attached_files";
import { follow, joined, type Meaning, withMark } from "./mentions";
import type { Entry } from "./prompt_history";

export const NOTHING: Entry = { text: "", marks: [], shell: false };

export class Draft {
  readonly content: Signal<Entry>;
  readonly files: Signal<Attached[]> = signal([]);

  constructor(content: Entry = NOTHING) {
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
  take(): { content: Entry; files: Attached[] } {
    const taken = { content: this.content.peek(), files: this.files.peek() };
    batch(() => {
      this.content.value = NOTHING;
      this.files.value = [];
    });
    return taken;
  }

  /** What came back, or was written elsewhere, stands before what was written since. */
  putBack({ content, files }: { content: Entry; files: Attached[] }): void {
    const now = this.content.peek();
    batch(() => {
      this.content.value = { ...joined(content, now), shell: now.text.trim() === "" ? content.shell : now.shell };
      this.files.value = [...files, ...this.files.peek()];
    });
  }
}

/** What of a Storage is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

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
    readonly nameOf: (place: string) => string | undefined,
    readonly shelf: Shelf | undefined = sessionShelf(),
  ) {}

  at(place: string): Draft {
    const known = this.#known.get(place);
    if (known) return known;
    const name = this.nameOf(place);
    const draft = new Draft(name === undefined ? NOTHING : this.#read(name));
    this.#known.set(place, draft);
    if (name !== undefined) this.#ends.set(place, this.#keep(name, draft));
    return draft;
  }

  forget(place: string): void {
    this.#ends.get(place)?.();
    this.#ends.delete(place);
    this.#known.delete(place);
  }

  dispose(): void {
    for (const place of [...this.#known.keys()]) this.forget(place);
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

  #read(name: string): Entry {
    try {
      const kept: unknown = JSON.parse(this.shelf?.getItem(PREFIX + name) ?? "null");
      return isEntry(kept) ? kept : NOTHING;
    } catch {
      return NOTHING;
    }
  }

  #write(name: string, content: Entry): void {
    try {
      if (content.text === "" && !content.shell) this.shelf?.removeItem(PREFIX + name);
      else this.shelf?.setItem(PREFIX + name, JSON.stringify(content));
    } catch {
      // Full or forbidden: the draft lives as long as the page.
    }
  }
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  if (typeof entry?.text !== "string" || typeof entry.shell !== "boolean" || !Array.isArray(entry.marks)) return false;
  const { text } = entry;
  return entry.marks.every((mark) => mark.meaning && text.slice(mark.start, mark.end) === mark.written);
}

/** Hosts with strict settings throw already when it is asked for. */
function sessionShelf(): Shelf | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
