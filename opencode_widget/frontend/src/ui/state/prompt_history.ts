/** Going back through the prompts that were sent, as a shell does. Pure. */
import type { MarkedText } from "./mentions";

export interface PromptEntry extends MarkedText {
  shell: boolean;
}

/** Oldest first; of the same words only the last stand. */
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
  /** Which entry is in the box; none is when it is their count. */
  #at = 0;
  #draft: PromptEntry | undefined;

  /** The entry before the one in the box; undefined: there is none, or what is in the box is not to be replaced. */
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

  /** The entry after the one in the box; after the last one what was written before. */
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

  /** Is an entry in the box, as it was? */
  #shows(now: PromptEntry): boolean {
    const entry = this.#entries[this.#at];
    return entry !== undefined && entry.text === now.text && entry.shell === now.shell;
  }
}
