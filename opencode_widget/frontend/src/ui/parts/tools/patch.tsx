import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { lookUp } from "../../../lookup";
import type { ToolPart } from "../../../protocol";
import { parseDiff } from "../../../text/diff/parse";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { Icon } from "../../lib/icons";
import { Counts, DiffView } from "../diff/diff_view";
import { PatchDiff } from "../diff/patch_diff";
import { Diagnostics } from "./diagnostics";
import { Code, Live } from "./io_blocks";
import { firstString, type Json, number, object, string } from "./read_json";
import { changedFiles, changedPath } from "./tool_files";
import type { ToolKind, ToolProps } from "./tool_kind";

interface PatchedFile {
  path: string;
  movedFrom?: string;
  /** "add", "update", "delete", "move"; in 2.x "added", "modified", "deleted". */
  type: string;
  patch?: string;
  additions?: number;
  deletions?: number;
}

const WORDS: Record<string, string> = {
  add: "new",
  added: "new",
  delete: "deleted",
  deleted: "deleted",
  move: "moved",
};

function patchedFile(json: Json): PatchedFile {
  const path = changedPath(json);
  const from = string(json.movePath) ? string(json.filePath) : undefined;
  const [patch, additions, deletions] = [
    firstString(json, "patch", "diff"),
    number(json.additions),
    number(json.deletions),
  ];
  return {
    path,
    type: firstString(json, "type", "status") ?? "update",
    ...(from ? { movedFrom: from } : {}),
    ...(patch ? { patch } : {}),
    ...(additions === undefined ? {} : { additions }),
    ...(deletions === undefined ? {} : { deletions }),
  };
}

function filesOf(part: ToolPart): PatchedFile[] {
  return changedFiles(part).map(patchedFile);
}

/** The files named by the patch in the model's arguments. */
function namedFiles(part: ToolPart): string[] {
  const text = firstString(part.input, "patchText", "patch", "diff") ?? "";
  return Array.from(text.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm), (found) => found[1] ?? "");
}

/** Up to this many diffs are shown unfolded. */
const DIFFS = 10;

function Body({ cell, part, directory }: ToolProps): JSX.Element {
  const files = filesOf(part);
  const asked = firstString(part.input, "patchText", "patch", "diff");
  const whole = string(object(part.metadata).diff);
  const changes = useMemo(() => (files.length === 0 && whole ? parseDiff(whole) : []), [whole, files.length]);
  const pagedFiles = usePaged(files);
  const pagedChanges = usePaged(changes, DIFFS);
  if (files.length === 0 && changes.length === 0) {
    return asked ? (
      <Code label={t.parts.patch} language="diff">
        {visible(asked)}
      </Code>
    ) : (
      <Live cell={cell} field="output" label={t.parts.output} />
    );
  }
  return (
    <>
      {pagedFiles.shown.map((file) => (
        <FilePatch key={file.path} file={file} directory={directory} open={files.length <= 3} />
      ))}
      {pagedFiles.more}
      {pagedChanges.shown.map((change, at) => (
        <DiffView key={at} change={change} label={shortPath(change.to ?? "", directory)} source={whole} />
      ))}
      {pagedChanges.more}
      <Diagnostics metadata={object(part.metadata)} files={files.map(({ path }) => path)} directory={directory} />
    </>
  );
}

interface FilePatchProps {
  file: PatchedFile;
  directory: string | undefined;
  open: boolean;
}

function FilePatch({ file, directory, open: first }: FilePatchProps): JSX.Element {
  const [open, setOpen] = useState(first);
  const head = <FileHead file={file} directory={directory} />;
  if (!file.patch) return <div class="ocw-patched">{head}</div>;
  return (
    <details class="ocw-fold ocw-patched" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chevron" class="ocw-chevron" />
        {head}
      </summary>
      {open && <PatchDiff patch={file.patch} label={shortPath(file.path, directory)} />}
    </details>
  );
}

function FileHead({ file, directory }: Omit<FilePatchProps, "open">): JSX.Element {
  const { additions = 0, deletions = 0 } = file;
  const done = lookUp(WORDS, file.type);
  return (
    <>
      <span class="ocw-tool-title ocw-tool-mono">
        {file.movedFrom && `${visible(shortPath(file.movedFrom, directory))} → `}
        {visible(shortPath(file.path, directory))}
      </span>
      {done && <span class="ocw-tool-facts">{done}</span>}
      {additions + deletions > 0 && <Counts additions={additions} deletions={deletions} />}
    </>
  );
}

function title(part: ToolPart, directory: string | undefined): string {
  const paths = filesOf(part).map(({ path }) => path);
  const [first, ...more] = paths.length > 0 ? paths : namedFiles(part);
  if (first === undefined) return part.title?.split("\n", 1)[0] ?? "";
  const name = shortPath(first, directory);
  return more.length > 0 ? t.parts.nameAndFiles(name, t.counts.otherFiles(more.length)) : name;
}

function facts(part: ToolPart): JSX.Element | undefined {
  const files = filesOf(part).filter(({ additions }) => additions !== undefined);
  if (files.length === 0) return undefined;
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + (file[key] ?? 0), 0);
  return <Counts additions={sum("additions")} deletions={sum("deletions")} />;
}

export const patch: ToolKind = { icon: "edit", title, mono: true, facts, Body };
