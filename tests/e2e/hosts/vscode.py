"""A real VS Code workbench in the browser, with its notebook webview; see `vscode/` for what stands in for Microsoft's Jupyter extension.

Microsoft's extension is in no registry of packages. So the workbench, the webview, its variables, classes and keys, and the bundle that
draws ipywidgets are real; the way of the kernel's messages is not Microsoft's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import anywidget

from opencode_widget.demo.project import make_project
from tests.support.servers.real import free_port

from .process import HostProcess

HERE = Path(__file__).parent / "vscode"
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
    "remote.autoForwardPorts": False,  # else it reports the many ports of a machine that runs tests
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


class VsCode:
    """The workbench on a folder, and a Jupyter server beside it.

    Args:
        workbench: its programs.
        home: where everything is kept; `home/"work"` is the sample project, and holds the notebooks.
        env: variables on top of our own environment; kernels inherit them.
        theme: the name of a colour theme, as the settings have it.
    """

    def __init__(self, workbench: Workbench, home: Path, env: Mapping[str, str], theme: str) -> None:
        self.port, self._jupyter_port = free_port(), free_port()
        self.work = home / "work"
        self._workbench = workbench
        self._home = home
        self._env = {**os.environ, **env, "JUPYTER_PORT": str(self._jupyter_port), "HOME": str(home)}
        self._processes: list[HostProcess] = []
        (home / "data" / "User").mkdir(parents=True)
        make_project(self.work)
        self.set_theme(theme)
        workbench.build_extension(home / "extensions")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_theme(self, theme: str) -> None:
        settings = {**SETTINGS, "workbench.colorTheme": theme}
        (self._home / "data" / "User" / "settings.json").write_text(json.dumps(settings))

    def start(self) -> None:
        jupyter = [sys.executable, "-m", "jupyter_server", *JUPYTER, f"--ServerApp.port={self._jupyter_port}"]
        self._run("jupyter", jupyter, f"http://127.0.0.1:{self._jupyter_port}/api/status")
        folders = [f"--user-data-dir={self._home / 'data'}", f"--extensions-dir={self._home / 'extensions'}"]
        quiet = ["--auth=none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
        place = [f"--bind-addr=127.0.0.1:{self.port}", str(self.work)]
        self._run("workbench", ["node", str(self._workbench.entry), *quiet, *folders, *place], f"{self.url}/healthz")

    def stop(self) -> None:
        for process in self._processes:
            process.stop()

    def _run(self, name: str, command: list[str], url: str) -> None:
        process = HostProcess(command, self.work, self._home / f"{name}.log", self._env)
        self._processes.append(process)
        process.await_answer(url)


def _anywidget_script() -> Path:
    """The script of anywidget that pip installed for notebooks."""
    site = Path(anywidget.__file__).parents[4]
    return site / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
