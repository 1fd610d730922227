"""Hosts other than JupyterLab, each a real one in a real browser."""
