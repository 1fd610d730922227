/** What was chosen lately, the latest first; remembered by the browser. */
import type { TextStorage } from "../../state/drafts";

const MOST = 5;

export class RecentChoices {
  /** `name`: of the list in the browser's storage. */
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
      // Full or forbidden: the list stays as it was.
    }
  }

  get #key(): string {
    return `opencode-widget:recent:${this.name}`;
  }
}

function localStorageOrNone(): TextStorage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
