/**
 * What the user has begun to write beside the composer: answers, reasons, changes of a queued prompt. It survives a look
 * at another session or instance, and a reload of the page, until it is sent or given up.
 */
import { sessionStorageOrNone, type TextStorage } from "./drafts";

const PREFIX = "opencode-widget:kept:";

export class Kept {
  readonly #values = new Map<string, unknown>();

  constructor(readonly storage: TextStorage | undefined = sessionStorageOrNone()) {}

  /** The value of this name if `fits` accepts it. */
  read<Value>(name: string, fits: (value: unknown) => value is Value): Value | undefined {
    const value = this.#values.has(name) ? this.#values.get(name) : this.#stored(name);
    return fits(value) ? value : undefined;
  }

  /** Keeps a value; `undefined` removes it. */
  write(name: string, value: unknown): void {
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
    try {
      if (value === undefined) this.storage?.removeItem(PREFIX + name);
      else this.storage?.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // Storage is full or forbidden: the value lives as long as the page.
    }
  }

  #stored(name: string): unknown {
    try {
      return JSON.parse(this.storage?.getItem(PREFIX + name) ?? "null");
    } catch {
      return undefined;
    }
  }
}

/** Tells texts apart: what was begun for one question is no answer to another. */
export function fingerprint(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return `${text.length}.${sum}`;
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
