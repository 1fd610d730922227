/** What the host's own widget manager tells about the notebook; absent outside of JupyterLab and Notebook 7. */
export interface NotebookHost {
  /** From the root of the Jupyter server. */
  path(): string | undefined;
}
