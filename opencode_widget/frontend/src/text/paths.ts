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

/** A place in a file, as people and compilers write it: `path`, `path:line`, `path:line:column`, `path#L12`. */
export interface Place {
  path: string;
  line?: number;
  column?: number;
}

const LONGEST = 400;
const POSITION = /(?::(\d{1,7})(?::(\d{1,7}))?|#L(\d{1,7})(?:-L?\d{1,7})?)$/;
/** Endings of files that are written without a folder: `np.array` is no file. */
const ENDINGS = new Set(
  (
    "py pyi ipynb js jsx ts tsx mjs cjs json jsonl md rst txt csv tsv yaml yml toml ini cfg html css scss xml svg png jpg jpeg gif " +
    "webp pdf sh bash ps1 bat c h cc cpp hpp cs go rs java kt rb php pl lua r jl sql scala swift vue lock log env parquet xlsx"
  ).split(" "),
);

export function placeOf(text: string): Place {
  const found = POSITION.exec(text);
  if (!found) return { path: text };
  const [end, line = found[3], column] = found;
  const path = text.slice(0, text.length - end.length);
  return { path, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}

/** True if a piece of code in an answer reads like the path of a file; only the kernel knows whether there is one. */
export function looksLikePath(text: string): boolean {
  if (text.length > LONGEST || !/^[\w@~.+/\\-][\w@~.+/\\:#-]*$/.test(text) || text.includes("//")) return false;
  const name = placeOf(text).path.split(/[\\/]/).at(-1) ?? "";
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (!name.includes(".") || !/^[a-z]\w{0,9}$/.test(ending)) return false;
  return /[\\/]/.test(text) || ENDINGS.has(ending);
}

/** A text in which the project's paths are shortened. */
export function shortPaths(text: string, directory: string | undefined): string {
  const folder = directory && withoutTail(directory, "/\\");
  return folder ? text.replaceAll(`${folder}/`, "").replaceAll(`${folder}\\`, "").replace(/^\n/, ".\n") : text;
}
