/** Unsent text, for each conversation (an instance and a session). It survives a reload of the page. */
import { batch, effect, type Signal, signal } from "@preact/signals";
import type { Attached } from "./files/attached_files";
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

  /** Records the user's edit. */
  write(text: string): void {
    const now = this.content.peek();
    if (text !== now.text) this.content.value = { ...now, text, marks: follow(now, text) };
  }

  /** Marks the text just written at `start` as standing for something. */
  mark(start: number, written: string, meaning: Meaning): void {
    const now = this.content.peek();
    this.content.value = { ...now, ...withMark(now, start, written, meaning) };
  }

  setShell(shell: boolean): void {
    this.content.value = { ...this.content.peek(), shell };
  }

  /** Empties the draft and returns its content. */
  drain(): { content: PromptEntry; files: Attached[] } {
    const drained = { content: this.content.peek(), files: this.files.peek() };
    batch(() => {
      this.content.value = NOTHING;
      this.files.value = [];
    });
    return drained;
  }

  /** Puts returned text before what the user has written since. */
  putBack({ content, files }: { content: PromptEntry; files: Attached[] }): void {
    const now = this.content.peek();
    batch(() => {
      this.content.value = { ...joined(content, now), shell: now.text.trim() === "" ? content.shell : now.shell };
      this.files.value = [...files, ...this.files.peek()];
    });
  }
}

/** The used part of a Storage. */
export type TextStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "opencode-widget:draft:";
const FILES = "opencode-widget:draft-files:";
const SAVE_AFTER = 250;

/**
 * Args:
 *  nameOf: the name of a conversation that is the same after a reload; undefined if it has none: such a draft is not
 *  stored.
 *  shelf: the storage; hosts may deny it, or it may be full.
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
    if (name !== undefined) draft.files.value = this.#readFiles(name);
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

  /** Stores the draft a while after the last key, and when the result is called. */
  #keep(name: string, draft: Draft): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let saved = draft.content.peek();
    let savedFiles = draft.files.peek();
    const save = () => {
      clearTimeout(timer);
      timer = undefined;
      if (saved !== draft.content.peek()) this.#write(name, draft.content.peek());
      saved = draft.content.peek();
      if (savedFiles !== draft.files.peek()) this.#writeFiles(name, draft.files.peek());
      savedFiles = draft.files.peek();
    };
    const stop = effect(() => {
      if (draft.content.value === saved && draft.files.value === savedFiles) return;
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

  #readFiles(name: string): Attached[] {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(FILES + name) ?? "[]");
      if (!Array.isArray(kept)) return [];
      // The page counts its files anew, so a kept id may be given again.
      return kept.filter(isFile).map((file) => ({ ...file, id: `kept ${file.id}` }));
    } catch {
      return [];
    }
  }

  #writeFiles(name: string, files: Attached[]): void {
    try {
      this.storage?.removeItem(FILES + name);
      if (files.length > 0) this.storage?.setItem(FILES + name, JSON.stringify(files));
    } catch {
      // There is no room for them: they live as long as the page.
    }
  }

  #write(name: string, content: PromptEntry): void {
    try {
      if (content.text === "" && !content.shell) this.storage?.removeItem(PREFIX + name);
      else this.storage?.setItem(PREFIX + name, JSON.stringify(content));
    } catch {
      // Storage is full or forbidden: the draft lives as long as the page.
    }
  }
}

export function isFile(value: unknown): value is Attached {
  const file = value as Partial<Attached> | null;
  const words = [file?.id, file?.name, file?.mime, file?.url];
  return words.every((each) => typeof each === "string") && typeof file?.size === "number";
}

export function isEntry(value: unknown): value is PromptEntry {
  const entry = value as Partial<PromptEntry> | null;
  if (typeof entry?.text !== "string" || typeof entry.shell !== "boolean" || !Array.isArray(entry.marks)) return false;
  const { text } = entry;
  return entry.marks.every((mark) => mark.meaning && text.slice(mark.start, mark.end) === mark.written);
}

/** The storage that outlives the tab; see `sessionStorageOrNone`. */
export function localStorageOrNone(): TextStorage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** The storage, or undefined: hosts with strict settings throw on access. */
export function sessionStorageOrNone(): TextStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
