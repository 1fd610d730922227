/** Which files a tool was about, in either dialect. Pure. */
import type { ToolPart } from "../../../protocol";
import { firstString, type Json, object, objects, string } from "./read_json";

/** The file that a tool reads or changes; "" if its arguments name none. */
export function pathOf(part: ToolPart): string {
  const metadata = object(part.metadata);
  return (
    firstString(object(part.input), "filePath", "file_path", "path") ?? firstString(metadata, "filepath", "file") ?? ""
  );
}

/** The change of each file, where a tool reports it: in 1.x only for patches, in 2.x for every change. */
export function changedFiles(part: Pick<ToolPart, "metadata">): Json[] {
  return objects(object(part.metadata).files);
}

/** The path of a changed file, after the change. */
export function changedPath(file: Json): string {
  return firstString(file, "movePath", "filePath", "file", "relativePath") ?? "";
}

/** Whether a written file existed before: 1.x reports it as data, 2.x in words. */
export function existedBefore(part: ToolPart): unknown {
  const { exists, existed } = object(part.metadata);
  const verb = /^(Created|Wrote) file /.exec(part.output)?.[1];
  return exists ?? existed ?? (verb === undefined ? undefined : verb === "Wrote");
}

/** The lines that were written to a file. */
export function linesWritten(part: ToolPart): number | undefined {
  return string(part.input.content)?.replace(/\n$/, "").split("\n").length;
}
