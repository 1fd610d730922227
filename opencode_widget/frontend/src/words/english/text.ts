export const text = {
  copyAsCell: "Copy as cell",
  copyCodeAsCell: "Copy code as a notebook cell",
  insertCell: "Insert cell",
  insertAsCellBelow: "Insert as cell below",
  draw: "Draw",
  drawDiagram: "Draw diagram",
  copy: "Copy",
  copyCode: "Copy code",
  wrapLongLines: "Wrap long lines",
  showImage: (alt: string, host: string | undefined) => `Show image “${alt}” from ${host ?? "elsewhere"}`,
  open: (path: string) => `Open ${path}`,
  /** `path`: of the file; undefined for a picture within the text. */
  showPicture: (alt: string, path: string | undefined) =>
    path === undefined ? `Show image “${alt}”` : `Show image “${alt}” from ${path}`,
};
