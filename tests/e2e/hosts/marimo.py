"""A real marimo on loopback, and its notebooks."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.servers.real import free_port, isolated

from .process import HostProcess

HEAD = "import marimo\n\napp = marimo.App()\n"
# marimo asks PyPI for a newer version, and sends usage to its makers, unless it is told not to.
QUIET = {"MARIMO_SKIP_UPDATE_CHECK": "1", "MARIMO_TRACING": "false"}


def notebook(cells: Sequence[str]) -> str:
    """A notebook of the bodies of its cells; a cell that ends in an expression shows it."""
    return HEAD + "".join(map(_cell, cells)) + '\nif __name__ == "__main__":\n    app.run()\n'


class Marimo:
    """`marimo edit` or `marimo run` of one notebook, in a home of its own.

    Args:
        home: where it keeps everything.
        env: variables on top of our own environment.
        notebook: its text.
    """

    def __init__(self, home: Path, env: Mapping[str, str], notebook: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._home = home
        self._env = {**os.environ, **QUIET, **isolated(home), **env}
        self._process: HostProcess | None = None
        (home / "notebook.py").write_text(notebook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, mode: str, *more: str) -> None:
        """Start it; `mode` is "edit" or "run"."""
        command = [sys.executable, "-m", "marimo", "-q", mode, "notebook.py", "--headless", "--no-token", *more]
        address = ["--host=127.0.0.1", f"--port={self.port}"]
        self._process = HostProcess([*command, *address], self._home, self._home / "marimo.log", self._env)
        self._process.await_answer(f"{self.url}/health")

    def servers(self) -> int:
        """The number of OpenCode servers that its kernels run."""
        assert self._process is not None
        return self._process.servers()

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()


def _cell(body: str) -> str:
    lines = body.splitlines()
    return "\n@app.cell\nasync def _():\n" + "".join(f"    {line}\n" for line in lines) + "    return\n"
