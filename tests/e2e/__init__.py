"""The whole chain on real parts: a page in Chromium, JupyterLab, a kernel, an OpenCode server, a scripted model."""
