"""A real marimo on loopback, and its notebooks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from tests.support.servers.real import free_port, isolated

START_LIMIT = 60.0  # seconds
SERVER = "serve"  # an argument of every OpenCode server
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
        self._log = home / "marimo.log"
        self._process: psutil.Popen | None = None
        (home / "notebook.py").write_text(notebook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def start(self, mode: str, *more: str) -> None:
        """Start it; `mode` is "edit" or "run"."""
        command = [sys.executable, "-m", "marimo", "-q", mode, "notebook.py", "--headless", "--no-token", *more]
        with self._log.open("wb") as log:
            self._process = psutil.Popen(
                [*command, "--host=127.0.0.1", f"--port={self.port}"],
                cwd=self._home,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            assert self._process.poll() is None, f"marimo ended at once:\n{self.log()}"
            assert time.monotonic() < deadline, f"marimo did not start:\n{self.log()}"
            time.sleep(0.1)

    def servers(self) -> int:
        """The number of OpenCode servers that its kernels run."""
        assert self._process is not None
        count = 0
        for process in self._process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                command = process.cmdline()
                count += bool(command) and Path(command[0]).name.startswith("opencode") and SERVER in command
        return count

    def stop(self) -> None:
        if self._process is None:
            return
        family = self._process.children(recursive=True)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs([self._process, *family], timeout=20)
        for process in left:
            process.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False, timeout=1).status_code == 200
        except httpx.HTTPError:
            return False


def _cell(body: str) -> str:
    lines = body.splitlines()
    return "\n@app.cell\nasync def _():\n" + "".join(f"    {line}\n" for line in lines) + "    return\n"
