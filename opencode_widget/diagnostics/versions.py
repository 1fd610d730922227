"""Versions of packages: those that the widget needs, those that a report names, and those that have a known defect."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

# What the kernel's side cannot do without.
NEEDED = (
    "anyio",
    "anywidget",
    "comm",
    "httpcore",
    "httpx",
    "httpx-sse",
    "ipykernel",
    "ipywidgets",
    "markdown-it-py",
    "nh3",
    "platformdirs",
    "traitlets",
)
# The hosts; they may be in another environment.
HOSTS = ("jupyterlab", "notebook")
# What `opencode-widget demo` needs beside those.
DEMO = ("jupyterlab", "nbclient", "nbformat", "ipykernel")
# What a report of a problem names.
REPORTED = ("opencode_widget", "anywidget", "ipywidgets", "ipykernel", "httpx", "jupyter-server", *HOSTS)

# In these versions of ipykernel two comm messages that arrive together can deadlock the kernel, whichever widget sent them.
DEADLOCKING = ("7.0.", "7.1.", "7.2.", "7.3.")


def installed(name: str) -> str | None:
    """The version of a package in this environment; None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def kernel_advice(ipykernel: str) -> str:
    """What to do about a version of ipykernel that can deadlock; "" for any other."""
    if not ipykernel.startswith(DEADLOCKING):
        return ""
    return f"With widgets the cells of ipykernel {ipykernel} may stand still: pip install -U 'ipykernel>=7.4'"
