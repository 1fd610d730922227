import type { ExportResult } from "../../../protocol";

/** The browser reads the address a little later than the click. */
const KEEP_FOR = 10_000;

/** A file that the kernel wrote, saved by the browser; it is made in the page, nothing is fetched. */
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
