/** What could not be drawn, as plain words. Pure. */

/** Longer text is cut, and the page says so. */
const MOST = 200_000;

export interface RawText {
  words: string;
  /** The number of characters left out. */
  left: number;
}

/** A text as it is, anything else as JSON. Never fails. */
export function rawText(read: () => unknown): RawText {
  try {
    const value = read();
    const words = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
    return { words: words.slice(0, MOST), left: Math.max(0, words.length - MOST) };
  } catch (error) {
    return { words: String(error), left: 0 };
  }
}
