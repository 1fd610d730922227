/** What a turn changed, file by file, as far as its tools report it. Pure. */
import type { Part, ToolPart } from "../../../protocol";
import { shortPath } from "../../../text/paths";
import { filesChangedBy } from "../../parts/changed_files";
import { firstString, type Json, number, object, string } from "../../parts/tools/read_json";
import { changedFiles, changedPath, existedBefore, linesWritten, pathOf } from "../../parts/tools/tool_files";

export interface TurnFile {
  /** Relative to the instance's folder. */
  path: string;
  additions: number;
  deletions: number;
  /** One for each change, in their order. */
  patches: string[];
}

/** The changed files in the order of their first change. */
export function filesOfTurn(parts: Part[], directory: string | undefined): TurnFile[] {
  const files = new Map<string, TurnFile>();
  const fileAt = (named: string): TurnFile => {
    const path = shortPath(named, directory);
    const file = files.get(path) ?? { path, additions: 0, deletions: 0, patches: [] };
    files.set(path, file);
    return file;
  };
  for (const named of filesChangedBy(parts)) fileAt(named);
  for (const part of parts) {
    if (part.kind !== "tool" || part.state !== "completed") continue;
    for (const { path, additions, deletions, patch } of changesOf(part)) {
      const file = fileAt(path);
      file.additions += additions;
      file.deletions += deletions;
      if (patch) file.patches.push(patch);
    }
  }
  return [...files.values()];
}

interface Change {
  path: string;
  additions: number;
  deletions: number;
  patch: string | undefined;
}

/** The changes that a tool reports: one in 1.x, as a list for patches and in 2.x. */
function changesOf(part: ToolPart): Change[] {
  const metadata = object(part.metadata);
  const whole = string(metadata.diff);
  const single = object(metadata.filediff);
  if (string(single.file) !== undefined) return [changeOf(single, whole)];
  const reported = changedFiles(part);
  if (reported.length > 0) return reported.map((file) => changeOf(file, reported.length === 1 ? whole : undefined));
  const path = pathOf(part);
  if (path && isNewFile(part)) return [{ path, additions: linesWritten(part) ?? 0, deletions: 0, patch: whole }];
  return whole && path ? [{ path, additions: 0, deletions: 0, patch: whole }] : [];
}

/** A file that was not there before: all of its lines are new. */
function isNewFile(part: ToolPart): boolean {
  return part.tool === "write" && existedBefore(part) === false;
}

function changeOf(file: Json, whole: string | undefined): Change {
  return {
    path: changedPath(file),
    additions: number(file.additions) ?? 0,
    deletions: number(file.deletions) ?? 0,
    patch: firstString(file, "patch", "diff") ?? whole,
  };
}
