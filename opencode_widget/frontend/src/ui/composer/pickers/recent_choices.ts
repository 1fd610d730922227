/** What was chosen lately, the latest first; remembered by the browser. */
import type { Shelf } from "../../state/drafts";

const MOST = 5;

export class Recent {
  /** `name`: of the list in the browser's storage. */
  constructor(
    readonly name: string,
    readonly shelf: Shelf | undefined = localShelf(),
  ) {}

  get all(): string[] {
    try {
      const kept: unknown = JSON.parse(this.shelf?.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  add(value: string): void {
    const now = [value, ...this.all.filter((each) => each !== value)].slice(0, MOST);
    try {
      this.shelf?.setItem(this.#key, JSON.stringify(now));
    } catch {
      // Full or forbidden: the list stays as it was.
    }
  }

  get #key(): string {
    return `opencode-widget:recent:${this.name}`;
  }
}

function localShelf(): Shelf | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
