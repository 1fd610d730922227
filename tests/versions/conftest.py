"""A real server of each version. The versions are installed as a user would: `opencode-widget install --version`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from opencode_widget.api.instance import Instance
from opencode_widget.server.endpoints import attached_server
from opencode_widget.server.process.install import cached_binary
from opencode_widget.server.releases import HAS_PASSWORD, has

from ..support.managers import manage
from ..support.runtimes import comms, folder, no_blocking_calls
from ..support.servers.real import RealServer
from .releases import chosen

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

__all__ = ["comms", "folder", "no_blocking_calls"]

# A file to which the result of each step is written, a line of JSON each.
REPORT = "OPENCODE_VERSIONS_REPORT"


@dataclass(frozen=True)
class Program:
    """An installed version of OpenCode."""

    version: str
    path: Path

    @property
    def guards(self) -> bool:
        """Does its server honour a password?"""
        return has(self.version, HAS_PASSWORD)


@pytest.fixture(scope="session", params=list(chosen()))
def program(request: pytest.FixtureRequest) -> Program:
    """A version, installed by the product's own installer."""
    version = str(request.param)
    command = [sys.executable, "-m", "opencode_widget.cli", "install", "--version", version]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{version} cannot be installed:\n{done.stdout}\n{done.stderr}"
    path = cached_binary(version)
    assert path is not None
    return Program(version, path)


# Where the machine has no ripgrep: early servers list the files of a folder with it before each turn, and would download it.
RIPGREP = """#!/bin/sh
find . -type f -not -path './.git/*' | sed 's,^[.]/,,'
"""


@pytest.fixture(scope="session")
def offline(model: Demo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The model's environment, in which package registries and HTTPS are out of reach.

    The model is reached by HTTP without a proxy: the runtime of 1.0 knows no exceptions from one.
    """
    nowhere = "http://127.0.0.1:9"
    registries = ("NPM_CONFIG_REGISTRY", "npm_config_registry", "BUN_CONFIG_REGISTRY")
    closed = dict.fromkeys((*registries, "HTTPS_PROXY", "https_proxy"), nowhere)
    programs = tmp_path_factory.mktemp("programs")
    if shutil.which("rg") is None:
        (programs / "rg").write_text(RIPGREP)
        (programs / "rg").chmod(0o755)
    path = {"PATH": f"{os.environ['PATH']}{os.pathsep}{programs}"}
    permissions = {"permission": {"bash": "ask", "edit": "allow"}}
    config = {**json.loads(model.env["OPENCODE_CONFIG_CONTENT"]), **permissions}
    return {**model.env, **closed, **path, "OPENCODE_CONFIG_CONTENT": json.dumps(config)}


@pytest.fixture
def server(program: Program, offline: dict[str, str], tmp_path: Path) -> Iterator[RealServer]:
    """A server of this version for one step, started without a network."""
    directory = tmp_path / "cwd"
    directory.mkdir()
    server = RealServer(program.path, offline, tmp_path / "home", directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small repository: only there the server knows what changed."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "README.md").write_text("# A project\n\nIt counts sheep.\n")
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.email=a@b", "-c", "user.name=a", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest_asyncio.fixture
async def instance(server: RealServer, folder: str) -> AsyncIterator[Instance]:
    """An instance that is attached to the server."""
    manager = manage()
    instance = manager.add(attached_server(server.url, folder, "opencode", server.password))
    await instance.ready()
    yield instance
    await manager.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Write down how each step went, for the table."""
    report = yield
    place = os.environ.get(REPORT)
    if place and isinstance(item, pytest.Function) and (call.when == "call" or call.excinfo):
        version = item.callspec.params.get("program") if hasattr(item, "callspec") else None
        line = {"version": version, "step": item.function.__doc__, "good": call.excinfo is None}
        if version is not None:
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
    return report
