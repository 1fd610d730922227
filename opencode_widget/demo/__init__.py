"""A demo that needs no key and no network: a real OpenCode server, driven by a scripted model.

    demo = await Demo.start()
    server = await ServerProcess.start(demo.directory, env=demo.env)
    ...
    await server.stop()
    await demo.stop()

The demo leaves the user's own OpenCode data and configuration untouched: its own are in a private folder, which is deleted with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from ..errors import ServerFailed
from ..server.process.child import Child, in_thread, remove_at_exit
from ..server.process.programs import find_program
from .project import make_project

LISTENING = re.compile(r"scripted model listening on (?P<url>\S+)")
PACKAGE = Path(__file__).parent.parent

# Runs the model without the package's own `__init__`, so that it starts in a tenth of the time.
BOOT = (
    "import runpy, sys, types; package = types.ModuleType('opencode_widget'); package.__path__ = [sys.argv.pop(1)]; "
    "sys.modules['opencode_widget'] = package; runpy.run_module('opencode_widget.demo.model', run_name='__main__', alter_sys=True)"
)

# The user's variables that would change the demo; an empty value is the same as none. OPENCODE_DB is not among them: to OpenCode 2.x an
# empty one is a path. The server does not inherit it, because it gets a data folder of its own (see `server/process/process.py`).
EMPTIED = (
    "OPENCODE_CONFIG",
    "OPENCODE_CONFIG_DIR",
    "OPENCODE_PERMISSION",
    "OPENCODE_AUTH_CONTENT",
    "OPENCODE_API_KEY",
    "OPENCODE_MODELS_URL",
)
SWITCHED = (
    "OPENCODE_DISABLE_AUTOUPDATE",
    "OPENCODE_DISABLE_CLAUDE_CODE",
    "OPENCODE_DISABLE_DEFAULT_PLUGINS",
    "OPENCODE_DISABLE_EXTERNAL_SKILLS",
    "OPENCODE_DISABLE_LSP_DOWNLOAD",
    "OPENCODE_DISABLE_MODELS_FETCH",
    "OPENCODE_DISABLE_PROJECT_CONFIG",
    "OPENCODE_DISABLE_SHARE",
)
CATALOGUE = "models.json"


class Demo:
    """A scripted model, a sample project, and the environment that makes an OpenCode server use both.

    Attributes:
        directory: the sample project.
        env: for `ServerProcess.start`.
        model_url: the scripted model's address.
    """

    def __init__(self, folder: Path, child: Child, model_url: str) -> None:
        """Wrap a running model; call `Demo.start` instead."""
        self.directory = folder / "sample-project"
        self.env: Mapping[str, str] = environment(folder / "opencode", model_url)
        self.model_url = model_url
        self._folder = folder
        self._child = child

    @classmethod
    async def start(cls, timeout: float = 20.0) -> Self:
        """Start the scripted model and make the sample project.

        Args:
            timeout: seconds until the model must serve.

        Raises:
            ServerFailed: the model did not start.
        """
        folder = await in_thread(_make_folder, discard=_remove)
        try:
            child = await _start_model(folder)
            try:
                return cls(folder, child, await _address(child, timeout))
            except BaseException:
                await in_thread(child.kill_now, discard=lambda _: None)
                raise
        except BaseException:
            await in_thread(lambda: _remove(folder), discard=lambda _: None)
            raise

    async def stop(self) -> None:
        """End the model and delete the demo's folder. Stop the servers that use it first."""
        await self._child.stop(grace=0.5)
        await in_thread(lambda: _remove(self._folder), discard=lambda _: None)

    def kill_now(self) -> None:
        """Stop at once and without an event loop, at the end of the interpreter."""
        self._child.kill_now()
        _remove(self._folder)

    async def writes(self) -> list[dict[str, Any]]:
        """Return when the model wrote each delta: `text`, `session`, `time_ns` (since the epoch) and `monotonic_ns`."""
        found: list[dict[str, Any]] = await self._ask("GET", "/__writes")
        return found

    async def forget_writes(self) -> None:
        """Forget what `writes` returns."""
        await self._ask("DELETE", "/__writes")

    async def waiting(self) -> list[str]:
        """Return the names of the gates at which the model is waiting."""
        found: list[str] = await self._ask("GET", "/__waiting")
        return found

    async def open(self, gate: str) -> None:
        """Open a gate of a script for good, even before the script reaches it."""
        await self._ask("POST", f"/__open/{quote(gate, safe='')}")

    async def _ask(self, method: str, path: str) -> Any:
        request = Request(self.model_url + path, method=method)  # noqa: S310 (the address is our own)
        return await in_thread(lambda: json.load(_opener.open(request, timeout=20)), discard=lambda _: None)

    def __repr__(self) -> str:
        return f"<Demo {self.model_url} in {self.directory}>"


_opener = build_opener(ProxyHandler({}))  # loopback never goes through the user's proxy


def environment(folder: Path, model_url: str) -> dict[str, str]:
    """Return the variables that make an OpenCode server use the model and store everything it writes in `folder`."""
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
    switches = dict.fromkeys(EMPTIED, "") | dict.fromkeys(SWITCHED, "1")
    places = {
        "TMPDIR": str(folder / "tmp"),  # OpenCode creates a folder in it and leaves it there
        "OPENCODE_MODELS_PATH": str(folder / CATALOGUE),
    }
    return homes | switches | places | {"OPENCODE_CONFIG_CONTENT": json.dumps(configuration(model_url))}


def prepare_homes(folder: Path) -> None:
    """Create what OpenCode looks for in `folder`, so that it neither downloads nor installs anything.

    Without it, a server reads a catalogue of thousands of models that the demo cannot use, and with its first folder installs the
    plugin package (60 MB) beside its configuration. OpenCode considers the package installed if a lock file names it.
    """
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    (folder / CATALOGUE).write_text("{}")
    spare_models(folder / "cache")
    spare_plugins(folder / "config")


def spare_models(cache_home: Path) -> None:
    """Give OpenCode 1.1.31 a list of models under this `XDG_CACHE_HOME`: it has none built in, and answers nothing without one.

    Other releases keep their cache under other numbers, and empty it.
    """
    cache = cache_home / "opencode"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "models.json").write_text("{}")
    (cache / "version").write_text("18")


def spare_plugins(config_home: Path) -> None:
    """Stop OpenCode from installing its plugin package under this `XDG_CONFIG_HOME`."""
    settings = config_home / "opencode"
    (settings / "node_modules").mkdir(parents=True, exist_ok=True)
    lock = {"lockfileVersion": 3, "packages": {"": {"dependencies": {"@opencode-ai/plugin": "*"}}}}
    (settings / "package-lock.json").write_text(json.dumps(lock))


def configuration(model_url: str) -> dict[str, Any]:
    """Return an OpenCode configuration that knows only the scripted model."""
    model = {
        "name": "Scripted model",
        "tool_call": True,
        "reasoning": True,
        "limit": {"context": 100_000, "output": 8_000},
    }
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Demo",
        "options": {"baseURL": f"{model_url}/v1", "apiKey": "none"},
        "models": {"scripted": model},
    }
    return {
        "model": "demo/scripted",
        "small_model": "demo/scripted",
        "enabled_providers": ["demo"],
        "provider": {"demo": provider},
        "permission": {"bash": "ask", "shell": "ask"},  # the same tool in 1.x and 2.x
        "autoupdate": False,
        "share": "disabled",
        "lsp": False,
        "formatter": False,
    }


def _make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="opencode-widget-demo-")).resolve()
    remove_at_exit(folder)  # now, as the interpreter may end before the child process exists
    prepare_homes(folder / "opencode")
    make_project(folder / "sample-project")
    return folder


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


async def _start_model(folder: Path) -> Child:
    python = "python3" if await asyncio.to_thread(find_program, "python3") else "python"
    argv = [sys.executable, "-I", "-S", "-c", BOOT, str(PACKAGE), "--python", python]
    try:
        return await Child.start(argv, cwd=folder, env=dict(os.environ), remove=[folder])
    except OSError as error:
        raise ServerFailed(f"The scripted model cannot be started: {error}.") from None


async def _address(child: Child, timeout: float) -> str:
    line = await child.find_line(LISTENING, timeout)
    if line is None:
        log = child.log_tail()
        raise ServerFailed("The scripted model did not start.\n" + "\n".join(log), log=log, code=child.returncode)
    return line["url"]
