"""What the end-to-end tests drive: a JupyterLab, a browser, a notebook in it, the widget in that."""
