import type { JSX } from "preact";

/** A text with the letters at these positions marked. */
export function Highlighted({ text, at }: { text: string; at: number[] }): JSX.Element {
  if (at.length === 0) return <>{text}</>;
  return <>{runs(text, new Set(at)).map(([run, hit]) => (hit ? <b>{run}</b> : run))}</>;
}

function runs(text: string, hits: Set<number>): Array<[string, boolean]> {
  const found: Array<[string, boolean]> = [];
  for (const [index, letter] of text.split("").entries()) {
    const last = found.at(-1);
    if (last && last[1] === hits.has(index)) last[0] += letter;
    else found.push([letter, hits.has(index)]);
  }
  return found;
}
