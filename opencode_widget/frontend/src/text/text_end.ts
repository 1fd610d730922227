/**
 * Matches the end of a text by hand: a pattern such as `/x+$/` takes time that grows with the square of the text's
 * length. Pure.
 */

/** The longest end of `text` that consists of `signs` only. */
export function tailOf(text: string, signs: string): string {
  let at = text.length;
  while (at > 0 && signs.includes(text.charAt(at - 1))) at -= 1;
  return text.slice(at);
}

export function withoutTail(text: string, signs: string): string {
  return text.slice(0, text.length - tailOf(text, signs).length);
}
