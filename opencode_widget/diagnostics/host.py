"""Which notebook host this kernel serves, as far as the kernel can tell; for reports and the host checklist."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from ..notebook.cell import current_kernel

PACKAGES = (
    "opencode_widget",
    "anywidget",
    "ipywidgets",
    "ipykernel",
    "jupyterlab",
    "notebook",
    "jupyter-server",
    "httpx",
)
# A variable or module that only one kind of host has, and its name for people; the first that is there counts.
VARIABLES = {
    "COLAB_RELEASE_TAG": "Google Colab",
    "VSCODE_PID": "VS Code",
    "VSCODE_IPC_HOOK_CLI": "VS Code",
    "JUPYTERHUB_USER": "Jupyter server in JupyterHub",
    "JPY_SESSION_NAME": "Jupyter server (JupyterLab or Notebook 7)",
    "JPY_PARENT_PID": "Jupyter server",
}
MODULES = {"marimo": "marimo", "pyodide": "JupyterLite", "ipykernel": "a Jupyter client"}

# In these ipykernels no cell runs any more, now and then, after messages that came close upon each other, whichever widget's, or none's.
STANDS_STILL = ("7.0.", "7.1.", "7.2.", "7.3.")


def stands_still(ipykernel: str) -> str:
    """What to do about a version of ipykernel that stands still now and then; empty if it does not."""
    if not ipykernel.startswith(STANDS_STILL):
        return ""
    return f"With widgets the cells of ipykernel {ipykernel} may stand still: pip install -U 'ipykernel>=7.4'"


def warn_of_kernel() -> None:
    """Warn, once, where the kernel that runs us is known to stand still."""
    ipykernel = sys.modules.get("ipykernel") if current_kernel() is not None else None
    if advice := stands_still(getattr(ipykernel, "__version__", "")):
        warnings.warn(advice, stacklevel=2)


def describe_host(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What this kernel knows of its host, and the versions that matter.

    Args:
        environment: the variables to look at.

    Returns:
        Words by name: "host", "python", "system", and one for each package that is installed here.
    """
    facts = {
        "host": _host(environment),
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": platform.platform(),
    }
    return facts | {name: found for name in PACKAGES if (found := _version(name)) is not None}


def _host(environment: Mapping[str, str]) -> str:
    by_variable = (name for variable, name in VARIABLES.items() if environment.get(variable))
    by_module = (name for module, name in MODULES.items() if module in sys.modules)
    return next(by_variable, None) or next(by_module, None) or "no notebook"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
