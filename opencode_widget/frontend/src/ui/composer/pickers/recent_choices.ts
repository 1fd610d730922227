/** Lists of choices, latest first, which the browser remembers: those made recently, favourites, hidden ones. */
import { localStorageOrNone, type TextStorage } from "../../state/drafts";

const MOST = 5;

export class RecentChoices {
  /** `name`: the list's key in the browser's storage. */
  constructor(
    readonly name: string,
    readonly storage: TextStorage | undefined = localStorageOrNone(),
    readonly most = MOST,
  ) {}

  get all(): string[] {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, this.most) : [];
    } catch {
      return [];
    }
  }

  add(value: string): void {
    this.#write([value, ...this.all.filter((each) => each !== value)].slice(0, this.most));
  }

  /** Adds the value, or removes it if it is in the list. */
  toggle(value: string): void {
    const { all } = this;
    if (all.includes(value)) this.#write(all.filter((each) => each !== value));
    else this.add(value);
  }

  #write(now: string[]): void {
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
