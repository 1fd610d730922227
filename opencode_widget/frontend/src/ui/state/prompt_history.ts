/** Steps through sent prompts, as a shell does. Pure. */
import type { Attached } from "./files/attached_files";
import type { MarkedText } from "./mentions";

export interface PromptEntry extends MarkedText {
  shell: boolean;
  /** Of an entry of the history: the files that went with it. */
  files?: () => Attached[] | Promise<Attached[]>;
}

/** The entries, oldest first; of duplicates only the last. */
export function distinct(entries: PromptEntry[]): PromptEntry[] {
  const last = new Map<string, PromptEntry>();
  for (const entry of entries) {
    const key = `${entry.shell ? "!" : " "}${entry.text}`;
    last.delete(key);
    if (entry.text.trim() !== "") last.set(key, entry);
  }
  return [...last.values()];
}

export class History {
  #entries: PromptEntry[] = [];
  /** The index of the entry in the box; the number of entries if none is. */
  #at = 0;
  #draft: PromptEntry | undefined;

  /** The entry before the one in the box; undefined if there is none, or if the user's own text is in the box. */
  back(now: PromptEntry, caret: number, entries: () => PromptEntry[]): PromptEntry | undefined {
    if (!this.#shows(now)) {
      if (caret > 0) return undefined;
      this.#entries = entries();
      this.#at = this.#entries.length;
      this.#draft = now;
    } else if (now.text.lastIndexOf("\n", caret - 1) >= 0 && caret > 0) return undefined;
    if (this.#at === 0) return undefined;
    this.#at -= 1;
    return this.#entries[this.#at];
  }

  /** The entry after the one in the box; after the last one, what the user had written. */
  forward(now: PromptEntry, caret: number): PromptEntry | undefined {
    if (!this.#shows(now) || now.text.indexOf("\n", caret) >= 0) return undefined;
    this.#at += 1;
    const entry = this.#entries[this.#at] ?? this.#draft;
    if (this.#at >= this.#entries.length) this.forget();
    return entry;
  }

  forget(): void {
    this.#entries = [];
    this.#at = 0;
    this.#draft = undefined;
  }

  /** True if the box shows an unchanged entry. */
  #shows(now: PromptEntry): boolean {
    const entry = this.#entries[this.#at];
    return entry !== undefined && entry.text === now.text && entry.shell === now.shell;
  }
}
