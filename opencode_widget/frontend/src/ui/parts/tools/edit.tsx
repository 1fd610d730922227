import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import { changeOf } from "../../../text/diff/make";
import type { FileChange } from "../../../text/diff/parse";
import { shortPath } from "../../../text/paths";
import { t } from "../../../words/words";
import { Counts, DiffView, useDiff } from "../diff/diff_view";
import { Diagnostics } from "./diagnostics";
import { Live } from "./io_blocks";
import { firstString, type Json, number, object, objects, string } from "./read_json";
import { changedFiles, pathOf } from "./tool_files";
import type { ToolKind, ToolProps } from "./tool_kind";

/** The change that the server reports. */
function reportedChange(part: ToolPart): Json {
  const { filediff } = object(part.metadata);
  return filediff === undefined ? (changedFiles(part)[0] ?? {}) : object(filediff);
}

function patchOf(part: ToolPart): string | undefined {
  return string(object(part.metadata).diff) ?? string(reportedChange(part).patch);
}

/** The change that the arguments describe, before the server reports the real one: texts that replace others. */
function planned(part: ToolPart): FileChange[] {
  const edits = Array.isArray(part.input.edits) ? objects(part.input.edits) : [part.input];
  return edits.map((edit) => {
    const before = firstString(edit, "oldString", "old_string") ?? "";
    return changeOf(before, firstString(edit, "newString", "new_string") ?? "");
  });
}

function Body({ cell, part, directory }: ToolProps): JSX.Element {
  const patch = patchOf(part);
  const done = useDiff(patch);
  const plan = useMemo(() => (done ? [] : planned(part).filter(({ hunks }) => hunks[0]?.lines.length)), [part, done]);
  const path = pathOf(part);
  const label = shortPath(path, directory);
  return (
    <>
      {done && <DiffView change={done} label={label} source={patch} />}
      {plan.map((change, at) => (
        <DiffView key={at} change={change} label={label} />
      ))}
      <Diagnostics metadata={object(part.metadata)} files={[path]} directory={directory} />
      {!done && plan.length === 0 && <Live cell={cell} field="output" label={t.parts.output} />}
    </>
  );
}

function counts(part: ToolPart): JSX.Element | undefined {
  const { additions, deletions } = reportedChange(part);
  const [more, less] = [number(additions), number(deletions)];
  return more === undefined || less === undefined ? undefined : <Counts additions={more} deletions={less} />;
}

export const edit: ToolKind = {
  icon: "edit",
  mono: true,
  title: (part, directory) => shortPath(pathOf(part), directory) || (part.title ?? ""),
  facts: counts,
  Body,
};
