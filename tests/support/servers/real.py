"""A real `opencode serve` for the tests: its own folders, its own port, no trace in the user's OpenCode.

It is started without our code, so that a test of a fault shows the product's behaviour and not the harness's.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from opencode_widget.demo import spare_models, spare_plugins

USERNAME = "opencode"
LISTENING = "opencode server listening on"
GRACE = 2.0  # seconds; with a stream open, it does not always end on SIGTERM
START_LIMIT = 60.0  # seconds; 1.3 on an idle machine


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def isolated(home: Path) -> dict[str, str]:
    """Return the variables that keep OpenCode's data, settings, caches and state in `home`."""
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    folders = {name: home / name.removeprefix("XDG_").removesuffix("_HOME").lower() for name in names}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    spare_models(folders["XDG_CACHE_HOME"])
    spare_plugins(folders["XDG_CONFIG_HOME"])  # saves each server seconds of processor time, and 60 MB
    return {**{name: str(folder) for name, folder in folders.items()}, "HOME": str(home)}


class RealServer:
    """`start` after `stop` or `kill` keeps port, password and data, like the same server started again.

    Args:
        binary: the `opencode` program.
        env: variables on top of our own environment; a model's, for one.
        home: where OpenCode keeps everything.
        directory: its working folder.
    """

    def __init__(self, binary: Path, env: Mapping[str, str], home: Path, directory: Path) -> None:
        self.directory = directory
        self.password = secrets.token_urlsafe(12)
        self.port = free_port()
        self._binary = str(binary)
        self._env = {**os.environ, **env, **isolated(home), "OPENCODE_SERVER_PASSWORD": self.password}
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and wait for the printed line, not for the port: a request that comes before the line is never answered."""
        was_up = self._process is not None
        while not self._boot():
            # Another process took the port first; whoever uses this server relies on its port.
            is_taken = not was_up and "ServeError" in self.log()
            assert is_taken, f"the server ended at once:\n{self.log()}"
            self.port = free_port()

    def _boot(self) -> bool:
        self._log.unlink(missing_ok=True)
        command = [self._binary, "serve", "--hostname", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self.directory, env=self._env, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_LIMIT
        while LISTENING not in self.log():
            if self._process.poll() is not None:
                return False
            assert time.monotonic() < deadline, f"the server did not start:\n{self.log()}"
            time.sleep(0.02)
        return True

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as a user would, with all that it started."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Keep its port and connections but send no byte: a server that hangs."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def run(self, directory: Path, *arguments: str) -> str:
        """Run the same program on the same data, in a folder: `opencode import FILE`, for example. Return what it printed."""
        command = [self._binary, *arguments]
        env = {**self._env, "PWD": str(directory)}
        done = subprocess.run(command, cwd=directory, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def client(self, directory: Path | None = None, timeout: float = 60.0) -> httpx.Client:
        """Return a bare HTTP client of this server, for one directory."""
        return httpx.Client(
            base_url=self.url,
            auth=(USERNAME, self.password),
            params={"directory": str(directory or self.directory)},
            timeout=timeout,
            trust_env=False,
        )

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
            os.killpg(self._process.pid, signal.SIGCONT)
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None
