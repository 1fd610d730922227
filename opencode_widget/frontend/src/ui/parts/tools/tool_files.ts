/** Which files a tool was about, in the words of either dialect. Pure. */
import type { ToolPart } from "../../../protocol";
import { firstString, type Json, object, objects } from "./read_json";

/** The file that a tool was told to read or to change; "" where it is not said. */
export function pathOf(part: ToolPart): string {
  const metadata = object(part.metadata);
  return firstString(part.input, "filePath", "file_path", "path") ?? firstString(metadata, "filepath", "file") ?? "";
}

/** What was done to each file, where a tool says so: 1.x of patches alone, 2.x of every change. */
export function changedFiles(part: Pick<ToolPart, "metadata">): Json[] {
  return objects(object(part.metadata).files);
}

/** The path of one of them, after the change. */
export function changedPath(file: Json): string {
  return firstString(file, "movePath", "filePath", "file", "relativePath") ?? "";
}
