"""A real JupyterLab for the tests: loopback, a random port, no token, none of the user's settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.servers.real import free_port

from .notebook_file import notebook_json

START_LIMIT = 60.0  # seconds
# No prompts, no check for news or updates; the application object is in the page, as tests run cells through it.
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--expose-app-in-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--ServerApp.jpserver_extensions=opencode_widget.notebook.server_extension=True",  # as the wheel installs it
)
QUIET = {"@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}


class Lab:
    """`jupyter lab` of the Python that runs the tests, in a home of its own.

    Args:
        home: where Jupyter and IPython keep everything; `home/"work"` holds the notebooks.
        env: variables on top of our own environment; kernels inherit them.
    """

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.port = free_port()
        self.work = home / "work"
        self._home = home
        self._log = home / "lab.log"
        self._env = {**os.environ, **own_folders(home), **env}
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Jupyter's data folder, in which it remembers the notebooks that the user trusts."""
        return self._home / "data"

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def start(self) -> None:
        self.work.mkdir(parents=True)
        _write_settings(self._home / "settings")
        command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={self.port}"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, f"--ServerApp.root_dir={self.work}"],
                cwd=self.work,
                env=self._env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            assert self._process.poll() is None, f"JupyterLab ended at once:\n{self.log()}"
            assert time.monotonic() < deadline, f"JupyterLab did not start:\n{self.log()}"
            time.sleep(0.1)

    def stop(self) -> None:
        """Shut the kernels down first, so that what they started ends with them; then the server."""
        assert self._process is not None
        self.end_kernels()
        self._client.close()
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def write_notebook(self, name: str, cells: list[str]) -> None:
        """Write a notebook of code cells into the working folder."""
        (self.work / name).write_text(notebook_json(cells))

    def kernels(self) -> list[dict[str, Any]]:
        return list(self._client.get("/api/kernels").json())

    def end_kernels(self) -> None:
        """End all sessions and kernels between two tests."""
        if "_xsrf" not in self._client.cookies:
            self._client.get("/lab")  # fetches the cookie without which Jupyter refuses changes
            self._client.headers["X-XSRFToken"] = self._client.cookies["_xsrf"]
        for session in self._client.get("/api/sessions").json():
            self._gone(self._client.delete(f"/api/sessions/{session['id']}"))
        for kernel in self._client.get("/api/kernels").json():
            self._gone(self._client.delete(f"/api/kernels/{kernel['id']}"))

    @staticmethod
    def _gone(response: httpx.Response) -> None:
        assert response.status_code in (204, 404), f"{response.request.url}: {response.status_code} {response.text}"

    def _answers(self) -> bool:
        try:
            return self._client.get("/api/status", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False


def own_folders(home: Path) -> dict[str, str]:
    """The variables that keep all of Jupyter's and IPython's files in `home`."""
    return {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        # Nothing else differs from a user's machine, so that a widget behaves here as it does there.
        "JUPYTER_PLATFORM_DIRS": "0",
    }


def _write_settings(folder: Path) -> None:
    for plugin, values in QUIET.items():
        path = folder / f"{plugin.rpartition('/')[0]}" / f"{plugin.rpartition('/')[2]}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
