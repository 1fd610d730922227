"""A real VS Code workbench in the browser, with its notebook webview; see `vscode/` for what stands in for Microsoft's Jupyter extension.

Microsoft's extension is in no registry of packages. So the workbench, the webview, its variables, classes and keys, and the bundle that
draws ipywidgets are real; the way of the kernel's messages is not Microsoft's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import anywidget
import httpx
import psutil

from tests.support.servers.real import free_port

HERE = Path(__file__).parent / "vscode"
START_LIMIT = 90.0  # seconds
# Programs in the workbench that must be compiled, or unpacked, for this machine.
NATIVE = ("node-pty", "@vscode/spdlog", "native-watchdog", "@parcel/watcher")
JUPYTER = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    "--ServerApp.allow_origin=*",
    "--ServerApp.disable_check_xsrf=True",
)
SETTINGS = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "security.workspace.trust.enabled": False,
    "notebook.output.scrolling": False,
    "workbench.editorAssociations": {"*.ipynb": "jupyter-notebook"},
}


class Workbench:
    """The programs of the workbench, as npm installs them.

    Args:
        folder: where they are, or shall be, installed.
    """

    def __init__(self, folder: Path) -> None:
        self._modules = folder / "node_modules"
        self._server = self._modules / "code-server"
        if not (folder / "installed").exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / "package.json", folder)
            self._install(folder)
            (folder / "installed").touch()

    @property
    def entry(self) -> Path:
        return self._server / "out" / "node" / "entry.js"

    def _install(self, folder: Path) -> None:
        install = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        workbench = self._server / "lib" / "vscode"
        subprocess.run(install, cwd=folder, check=True)
        for place in (workbench, workbench / "extensions"):
            subprocess.run((*install, "--omit=dev"), cwd=place, check=True)
        # node-pty fetches node-gyp by npx, which asks first; nobody is there to answer.
        env = {**os.environ, "npm_config_yes": "true"}
        subprocess.run(("npm", "rebuild", *NATIVE), cwd=workbench, env=env, check=True)
        for name in ("argon2", "esbuild"):
            subprocess.run(("npm", "rebuild", name), cwd=folder, env=env, check=True)

    def build_extension(self, folder: Path) -> None:
        """Put the notebook host into a folder of extensions."""
        target = folder / "notebook-host"
        target.mkdir(parents=True)
        shutil.copy(HERE / "extension.json", target / "package.json")
        esbuild = (str(self._modules / ".bin" / "esbuild"), "--bundle", "--log-level=error", f"--outdir={target}")
        env = {**os.environ, "NODE_PATH": str(self._modules)}
        node = ("--platform=node", "--external:vscode", "--format=cjs", str(HERE / "main.js"))
        subprocess.run((*esbuild, *node), env=env, check=True)
        page = ("--platform=browser", "--format=esm", "--define:global=globalThis", str(HERE / "renderer.js"))
        subprocess.run((*esbuild, *page), env=env, check=True)
        shutil.copy(self._modules / "@vscode" / "jupyter-ipywidgets8" / "dist" / "ipywidgets.js", target)
        shutil.copy(self._modules / "requirejs" / "require.js", target)
        shutil.copy(_anywidget_script(), target / "anywidget.js")


def notebook(*cells: str) -> str:
    """A notebook of code cells, as JSON."""
    head = {
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps(
        {"cells": [{**code, "id": f"cell-{at}", "source": text} for at, text in enumerate(cells)], **head}
    )


class VsCode:
    """The workbench on a folder, and a Jupyter server beside it.

    Args:
        workbench: its programs.
        home: where everything is kept; `home/"work"` holds the notebooks.
        env: variables on top of our own environment; kernels inherit them.
        theme: the name of a colour theme, as the settings have it.
    """

    def __init__(self, workbench: Workbench, home: Path, env: Mapping[str, str], theme: str) -> None:
        self.port, self._jupyter_port = free_port(), free_port()
        self.work = home / "work"
        self._workbench = workbench
        self._home = home
        self._env = {**os.environ, **env, "JUPYTER_PORT": str(self._jupyter_port), "HOME": str(home)}
        self._processes: list[psutil.Popen] = []
        self.work.mkdir(parents=True)
        (home / "data" / "User").mkdir(parents=True)
        self.set_theme(theme)
        workbench.build_extension(home / "extensions")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_theme(self, theme: str) -> None:
        settings = {**SETTINGS, "workbench.colorTheme": theme}
        (self._home / "data" / "User" / "settings.json").write_text(json.dumps(settings))

    def start(self) -> None:
        self._run(
            "jupyter", [sys.executable, "-m", "jupyter_server", *JUPYTER, f"--ServerApp.port={self._jupyter_port}"]
        )
        folders = [f"--user-data-dir={self._home / 'data'}", f"--extensions-dir={self._home / 'extensions'}"]
        quiet = ["--auth=none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
        place = [f"--bind-addr=127.0.0.1:{self.port}", str(self.work)]
        self._run("workbench", ["node", str(self._workbench.entry), *quiet, *folders, *place])
        self._await(f"http://127.0.0.1:{self._jupyter_port}/api/status")
        self._await(f"{self.url}/healthz")

    def stop(self) -> None:
        family = [child for process in self._processes for child in process.children(recursive=True)]
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs([*self._processes, *family], timeout=20)
        for process in left:
            process.kill()

    def _run(self, name: str, command: list[str]) -> None:
        with (self._home / f"{name}.log").open("wb") as log:
            process = psutil.Popen(
                command, cwd=self.work, env=self._env, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)

    def _await(self, url: str) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not _answers(url):
            logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in self._home.glob("*.log"))
            assert time.monotonic() < deadline, f"{url} did not answer:\n{logs}"
            time.sleep(0.2)


def _anywidget_script() -> Path:
    """The script of anywidget that pip installed for notebooks."""
    site = Path(anywidget.__file__).parents[4]
    return site / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
