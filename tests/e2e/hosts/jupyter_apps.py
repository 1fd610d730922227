"""Notebook 7 and Voila: real ones on loopback, without a token, with none of the user's settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.servers.real import free_port, isolated

from ..harness.lab import own_folders
from ..harness.notebook_file import notebook_json
from .process import HostProcess

NAME = "host.ipynb"
NOTEBOOK = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    "--JupyterNotebookApp.expose_app_in_browser=True",  # tests run cells through the application object
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)
VOILA = ("--no-browser", "--Voila.ip=127.0.0.1", "--Voila.port_retries=0", "--show_tracebacks=True")


class JupyterApp:
    """One of them, on a notebook.

    Args:
        home: where everything is kept.
        env: variables on top of our own environment; kernels inherit them.
        cells: of the notebook.
    """

    def __init__(self, home: Path, env: Mapping[str, str], *cells: str) -> None:
        self.port = free_port()
        self.work = home / "work"
        self.work.mkdir(parents=True)
        self._env = {**os.environ, **isolated(home), **own_folders(home), **env}
        self._process: HostProcess | None = None
        (self.work / NAME).write_text(notebook_json(cells))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_notebook(self) -> str:
        """Start Notebook 7; returns the address of the notebook."""
        self._start("notebook", *NOTEBOOK, f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.work}")
        return f"{self.url}/notebooks/{NAME}"

    def start_voila(self, *options: str) -> str:
        """Start Voila; returns the address of the page."""
        self._start("voila", NAME, *VOILA, f"--port={self.port}", *options)
        return f"{self.url}/"

    def servers(self) -> int:
        """The number of OpenCode servers that its kernels run."""
        assert self._process is not None
        return self._process.servers()

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def _start(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._process = HostProcess(command, self.work, self.work.with_name(f"{module}.log"), self._env)
        self._process.await_answer(f"{self.url}/static/favicon.ico")  # asking for the page would start a kernel
