"""Identifies the notebook host of this kernel, as far as the kernel can tell. For reports and the host checklist."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Mapping

from ..errors import NotSupported
from ..notebook.cell import current_kernel
from . import versions

# A variable or module that only one kind of host has, and the name of that host. The first that is present counts.
VARIABLES = {
    "COLAB_RELEASE_TAG": "Google Colab",
    "VSCODE_PID": "VS Code",
    "VSCODE_IPC_HOOK_CLI": "VS Code",
    "JUPYTERHUB_USER": "Jupyter server in JupyterHub",
    "JPY_SESSION_NAME": "Jupyter server (JupyterLab or Notebook 7)",
    "JPY_PARENT_PID": "Jupyter server",
}
MODULES = {"marimo": "marimo", "pyodide": "JupyterLite", "ipykernel": "a Jupyter client"}
NO_MACHINE = (
    "opencode_widget can show no server in this kernel: its Python runs in the browser (Pyodide, JupyterLite) or another sandbox, and can "
    "neither start OpenCode nor connect to a running one."
)
ELSEWHERE = (
    "Choose a kernel that runs on a machine, such as ipykernel. Recordings play here, too: OpenCode.replay(path)."
)


def check_platform() -> None:
    """Refuse to show servers in a kernel without processes and sockets.

    Raises:
        NotSupported: this is one.
    """
    if sys.platform in ("emscripten", "wasi"):
        raise NotSupported(NO_MACHINE, remedy=ELSEWHERE)


def warn_of_kernel() -> None:
    """Warn, once, where the kernel that runs us has a version that can deadlock."""
    ipykernel = sys.modules.get("ipykernel") if current_kernel() is not None else None
    if advice := versions.kernel_advice(getattr(ipykernel, "__version__", "")):
        warnings.warn(advice, stacklevel=2)


def describe_host(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Describe the host of this kernel, and the versions that matter.

    Args:
        environment: the variables to look at.

    Returns:
        Texts by name: "host", "python", "system", and the version of each package that is installed here.
    """
    facts = {
        "host": _host(environment),
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": platform.platform(),
    }
    return facts | {name: found for name in versions.REPORTED if (found := versions.installed(name)) is not None}


def _host(environment: Mapping[str, str]) -> str:
    by_variable = (name for variable, name in VARIABLES.items() if environment.get(variable))
    by_module = (name for module, name in MODULES.items() if module in sys.modules)
    return next(by_variable, None) or next(by_module, None) or "no notebook"
