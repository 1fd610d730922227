"""Drives the end-to-end tests: a JupyterLab, a browser, a notebook in it, the widget in the notebook."""
