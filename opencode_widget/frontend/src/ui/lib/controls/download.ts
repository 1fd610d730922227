import type { ExportResult } from "../../../protocol";

/** The object URL is kept this many ms, as the browser reads it a little after the click. */
const KEEP_FOR = 10_000;

/** Saves a file that the kernel wrote. The page makes it from the text; it fetches nothing. */
export function download({ filename, mime, text }: ExportResult): void {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_FOR);
}
