import type { JSX } from "preact";
import { DiffView, useDiff } from "./diff_view";

/** The diff of one file as a server sent it, parsed only when it is drawn. Nothing if it cannot be read. */
export function PatchDiff({ patch, label }: { patch: string; label: string }): JSX.Element | null {
  const change = useDiff(patch);
  return change ? <DiffView change={change} label={label} source={patch} /> : null;
}
