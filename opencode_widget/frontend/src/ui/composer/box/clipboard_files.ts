/** Decides what a paste is: a text or files. Pure, but for the DOM's types. */

type Clipboard = Pick<DataTransfer, "files" | "getData">;

/**
 * The files of a paste; none if its text is meant. A spreadsheet, a word processor and a notebook put a picture of a text
 * beside it, and a file manager puts the names of files beside these.
 */
export function pastedFiles(clipboard: Clipboard | null): File[] {
  const files = Array.from(clipboard?.files ?? []);
  const text = (clipboard?.getData("text/plain") ?? "").trim();
  if (text === "" || isAboutFiles(text, files)) return files;
  return files.every((file) => file.type.startsWith("image/")) ? [] : files;
}

/** True for names or paths of the files, and for the address of a picture. */
function isAboutFiles(text: string, files: File[]): boolean {
  const lines = text.split(/[\r\n]+/);
  const isNames = lines.every((line) =>
    files.some(({ name }) => line === name || (/[/\\]/.test(line) && line.endsWith(name))),
  );
  return isNames || (lines.length === 1 && files.length === 1 && /^(?:https?|file|blob|data):\S+$/i.test(text));
}
