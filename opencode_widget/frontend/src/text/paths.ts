/** Paths as the project's people write them. Pure. */
import { withoutTail } from "./text_end";

/** The path relative to the instance's folder, if it is in it. */
export function shortPath(path: string, directory: string | undefined): string {
  if (!directory) return path;
  const folder = withoutTail(directory, "/\\");
  if (path === folder) return ".";
  const inside = path.startsWith(folder) && /[\\/]/.test(path.charAt(folder.length));
  return inside ? path.slice(folder.length + 1) : path;
}

/** A text in which the project's paths are shortened. */
export function shortPaths(text: string, directory: string | undefined): string {
  const folder = directory && withoutTail(directory, "/\\");
  return folder ? text.replaceAll(`${folder}/`, "").replaceAll(`${folder}\\`, "").replace(/^\n/, ".\n") : text;
}
