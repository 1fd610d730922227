"""A host as a process: started in a home of its own, awaited, and stopped with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

START_LIMIT = 90.0  # seconds
SERVER = "serve"  # an argument of every OpenCode server


class HostProcess:
    """A process in a session of its own.

    Args:
        command: what is started.
        folder: the working folder.
        log: the file of its output.
        env: all variables.
    """

    def __init__(self, command: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = psutil.Popen(
                list(command),
                cwd=folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def await_answer(self, url: str) -> None:
        """Wait until it answers a request."""
        deadline = time.monotonic() + START_LIMIT
        while not _answers(url):
            assert self.process.poll() is None, f"{url}: the host ended at once:\n{self.log()}"
            assert time.monotonic() < deadline, f"{url} did not answer:\n{self.log()}"
            time.sleep(0.1)

    def servers(self) -> int:
        """The number of OpenCode servers that its kernels run."""
        count = 0
        for process in self.process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                command = process.cmdline()
                count += bool(command) and Path(command[0]).name.startswith("opencode") and SERVER in command
        return count

    def stop(self) -> None:
        family = self.process.children(recursive=True) if self.process.is_running() else []
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs([self.process, *family], timeout=20)
        for process in left:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False
