/** Diffs two texts, to show what a tool is about to change. Pure. */
import { align } from "./align";
import type { DiffLine, FileChange } from "./parse";

/** The change from `before` to `after` as one hunk without line numbers, as its position in the file is unknown. */
export function changeOf(before: string, after: string): FileChange {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const lines: DiffLine[] = [];
  let [left, right] = [0, 0];
  for (const [leftEnd, rightEnd] of [...align(old, fresh), [old.length, fresh.length] as const]) {
    while (left < leftEnd) lines.push({ kind: "removed", text: old[left++] ?? "" });
    while (right < rightEnd) lines.push({ kind: "added", text: fresh[right++] ?? "" });
    if (left < old.length) lines.push({ kind: "same", text: old[left++] ?? "" });
    right += 1;
  }
  const count = (kind: DiffLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  const hunk = { section: "", before: 1, after: 1, lines };
  return { hunks: [hunk], additions: count("added"), deletions: count("removed") };
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
