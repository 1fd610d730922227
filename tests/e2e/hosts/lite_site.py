"""A JupyterLite of this package: Pyodide from npm, packages from PyPI.

Pyodide's own builds of packages are in neither. So its list of packages names PyPI's wheels here, where there are any for every platform.
There is none of nh3, which the widget needs only to show messages as outputs of cells; it stays away.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from importlib.metadata import requires
from pathlib import Path
from typing import Any

from tests.support.servers.real import free_port

from ..harness.notebook_file import notebook_json
from .packages import ROOT, HostPackages
from .process import HostProcess

BUILDER = (
    "jupyterlite-core>=0.8,<0.9",
    "jupyterlite-pyodide-kernel>=0.8,<0.9",
    "jupyter-server>=2,<3",
    "anywidget>=0.11,<1",
)
KERNEL_FACTS = (
    "from jupyterlite_pyodide_kernel import constants as c; print(c.PYODIDE_VERSION, c.PYODIDE_PYTHON_VERSION)"
)
# What JupyterLite's kernel needs of Pyodide's packages, and what Pyodide's list does not name as needed by httpx.
MORE = ("micropip", "packaging", "ipython", "jedi", "six", "certifi", "h11", "idna", "sniffio")
NOT_THERE = "nh3"
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}


def needed() -> list[str]:
    """The packages that ours requires, as pip names them, and those of `MORE`."""
    ours = [each for each in requires("opencode_widget") or () if "extra ==" not in each]
    return [each for each in (*ours, *MORE) if not each.startswith(NOT_THERE)]


def install_cell() -> str:
    """The cell that installs this package."""
    names = [re.split(r"[^\w-]", each)[0] for each in needed()]
    return f"import piplite\nawait piplite.install({names!r})\nawait piplite.install('opencode_widget', deps=False)"


class LiteSite:
    """A site with one notebook.

    Args:
        folder: an empty folder.
        packages: with `BUILDER`.
        files: of the site, by name.
        cells: of its notebook `host.ipynb`.
    """

    def __init__(self, folder: Path, packages: HostPackages, files: Mapping[str, str], *cells: str) -> None:
        self._folder = folder
        self._env = {**os.environ, **packages.env}
        self._port = free_port()
        self._process: HostProcess | None = None
        contents = folder / "files"
        contents.mkdir()
        for name, text in files.items():
            (contents / name).write_text(text)
        notebook = json.loads(notebook_json(cells))
        notebook["metadata"]["kernelspec"] = KERNEL
        (contents / "host.ipynb").write_text(json.dumps(notebook))
        self._build()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def notebook(self) -> str:
        """The address of the notebook."""
        return f"{self.url}/notebooks/index.html?path=host.ipynb"

    def start(self) -> None:
        serve = [sys.executable, "-m", "http.server", str(self._port), "--bind", "127.0.0.1"]
        self._process = HostProcess(
            [*serve, "--directory", str(self._folder / "site")], self._folder, self._folder / "log", self._env
        )
        self._process.await_answer(f"{self.url}/index.html")

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def _build(self) -> None:
        version, python = self._run(sys.executable, "-c", KERNEL_FACTS).split()
        wheels = self._download(python)
        pyodide = self._pyodide(version, wheels)
        (self._folder / "jupyter-lite.json").write_text(json.dumps(SETTINGS))
        own = [item for wheel in wheels.glob("*-none-any.whl") for item in ("--piplite-wheels", str(wheel))]
        command = (sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", ".", "--contents", "files")
        extensions = Path(self._env["JUPYTER_PATH"], "labextensions")
        found = f"--FederatedExtensionAddon.extra_labextensions_path={extensions}"
        self._run(
            *command,
            "--output-dir",
            "site",
            "--pyodide",
            str(pyodide),
            "--ignore-sys-prefix",
            found,
            *own,
        )

    def _download(self, python: str) -> Path:
        """The wheels of this package and of what it needs."""
        wheels = self._folder / "wheels"
        pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
        everywhere = ("--only-binary=:all:", "--implementation", "py", "--platform", "any", "--python-version", python)
        self._run(*pip, "download", "--dest", str(wheels), *everywhere, *needed())
        self._run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
        return wheels

    def _pyodide(self, version: str, wheels: Path) -> Path:
        """An archive of Pyodide, as a release has it, with those wheels."""
        (self._folder / "package.json").write_text("{}")  # else npm may install into a folder above
        self._run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"pyodide@{version}")
        pyodide = self._folder / "node_modules" / "pyodide"
        lock = pyodide / "pyodide-lock.json"
        known: dict[str, Any] = json.loads(lock.read_text())
        for wheel in wheels.glob("*.whl"):
            name, number = wheel.name.split("-")[:2]
            if (package := known["packages"].get(re.sub(r"[-_.]+", "-", name).lower())) is not None:
                hashed = hashlib.sha256(wheel.read_bytes()).hexdigest()
                package.update(file_name=wheel.name, version=number, sha256=hashed)
                shutil.copy(wheel, pyodide)
        lock.write_text(json.dumps(known))
        archive = self._folder / f"pyodide-{version}.tar.bz2"
        with tarfile.open(archive, "w:bz2", compresslevel=1) as packed:
            packed.add(pyodide, "pyodide")
        return archive

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self._folder, env=self._env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
        return done.stdout
