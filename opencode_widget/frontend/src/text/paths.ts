/** Paths as a person of the project says them. Pure. */
import { withoutTail } from "./text_end";

/** Relative to the folder of the instance where the path is in it. */
export function shortPath(path: string, directory: string | undefined): string {
  if (!directory) return path;
  const folder = withoutTail(directory, "/\\");
  if (path === folder) return ".";
  const inside = path.startsWith(folder) && /[\\/]/.test(path.charAt(folder.length));
  return inside ? path.slice(folder.length + 1) : path;
}

/** A text in which paths of the project are written short. */
export function shortPaths(text: string, directory: string | undefined): string {
  const folder = directory && withoutTail(directory, "/\\");
  return folder ? text.replaceAll(`${folder}/`, "").replaceAll(`${folder}\\`, "").replace(/^\n/, ".\n") : text;
}
