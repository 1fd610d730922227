/** Recent choices, latest first; the browser remembers them. */
import { localStorageOrNone, type TextStorage } from "../../state/drafts";

const MOST = 5;

export class RecentChoices {
  /** `name`: the list's key in the browser's storage. */
  constructor(
    readonly name: string,
    readonly storage: TextStorage | undefined = localStorageOrNone(),
  ) {}

  get all(): string[] {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  add(value: string): void {
    const now = [value, ...this.all.filter((each) => each !== value)].slice(0, MOST);
    try {
      this.storage?.setItem(this.#key, JSON.stringify(now));
    } catch {
      // Storage is full or forbidden: the list stays as it was.
    }
  }

  get #key(): string {
    return `opencode-widget:recent:${this.name}`;
  }
}
