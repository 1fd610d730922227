/** What could not be drawn, as plain words. Pure. */

/** More is not shown, and that is said. */
const MOST = 200_000;

/** A text as it is, anything else as JSON. Whatever it is, this does not fail. */
export function rawWords(read: () => unknown): string {
  try {
    const value = read();
    const words = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
    const left = words.length - MOST;
    return left > 0 ? `${words.slice(0, MOST)}\n… ${left.toLocaleString("en")} more characters` : words;
  } catch (error) {
    return String(error);
  }
}
