/** What the host's own widget manager tells about the notebook; absent outside of JupyterLab and Notebook 7. */
export interface NotebookHost {
  /** From the root of the Jupyter server. */
  path(): string | undefined;
  /** Opens a path as the host does for a local link in an output; false if the host has no such way. */
  openLink(path: string): boolean;
}
