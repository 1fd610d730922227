/** What the host's own widget manager tells about the notebook; absent outside of JupyterLab and Notebook 7. */
export interface NotebookHost {
  /** From the root of the Jupyter server. */
  path(): string | undefined;
  /** Opens a path as the host does for a local link in an output; false if the host has no such way. */
  openLink(path: string): boolean;
  /** True if cells can be put below the widget's. */
  takesCells(): boolean;
  /** Puts code cells below the widget's, in one step that the user can undo; false if that failed. */
  insertCells(sources: string[], origin: Record<string, string>): boolean;
}
