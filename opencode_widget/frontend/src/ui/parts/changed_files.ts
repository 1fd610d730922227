/** Finds the files that messages changed. Pure. */
import type { Part } from "../../protocol";
import { withoutTail } from "../../text/text_end";
import { changedFiles, changedPath, pathOf } from "./tools/tool_files";

const WRITERS = new Set(["edit", "write", "patch", "apply_patch", "multiedit"]);

/** The changed files in the order of change: from the server's step parts, and from the arguments of writing tools. */
export function filesChangedBy(parts: Iterable<Part>): string[] {
  const files = new Set<string>();
  for (const part of parts) {
    if (part.kind === "note" && part.type === "patch") for (const file of strings(part.data?.files)) files.add(file);
    if (part.kind === "tool" && part.state === "completed" && WRITERS.has(part.tool)) {
      const reported = changedFiles(part).map(changedPath);
      for (const file of reported.length > 0 ? reported : [pathOf(part)]) if (file) files.add(file);
    }
  }
  return [...files];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The path relative to the project's folder. */
export function relativeTo(directory: string | undefined, file: string): string {
  const root = directory && withoutTail(directory, "/");
  return root && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
