"""What all tests share: the real OpenCode server with its scripted model, the fake ones, and a detector of blocking calls."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from blockbuster import blockbuster_ctx

from opencode_widget.server.process.install import install
from opencode_widget.server.process.process import VARIABLE

from .support.loop_thread import LoopThread
from .support.servers.classic import ClassicServer
from .support.servers.fake import FakeServer
from .support.servers.real import RealServer

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


def pytest_configure() -> None:
    """Who is told to end (`timeout`, a runner) ends the servers that the tests started, too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """Fail a test in which code of ours blocks an event loop (sleeps, reads a file, waits for a lock)."""
    with blockbuster_ctx("opencode_widget"):
        yield


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is kept for the person (recent folders) is kept elsewhere; kernels that tests start inherit it."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session", autouse=True)
def plain_shell() -> None:
    """The agent's commands run in a shell that reads no start-up files: a person's may wait a minute for a stale lock."""
    os.environ["SHELL"] = "/bin/sh"


@pytest.fixture(scope="session")
def opencode_binary() -> Path:
    """The OpenCode program under test: the one that `$OPENCODE_WIDGET_BINARY` names, else the pinned one, installed if need be.

    One that happens to be on PATH is not taken: its version is not ours to choose. Never skips: without npm this fails.
    """
    binary = Path(os.environ.get(VARIABLE) or install())
    os.environ[VARIABLE] = str(binary)  # what we start ourselves, kernels included, uses the same
    return binary


@pytest.fixture(scope="session")
def model() -> Iterator[Demo]:
    """The scripted model, for all tests together; see `opencode_widget/demo`."""
    from opencode_widget.demo import Demo

    thread = LoopThread("scripted-model")
    demo = thread.run(Demo.start())
    yield demo
    thread.run(demo.stop())
    thread.close()


@pytest.fixture(scope="module")
def server(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A real OpenCode server for the tests of a file, one `project` folder a test; not to be killed, see `own_server`."""
    yield from _serve(opencode_binary, model, tmp_path_factory.mktemp("server"))


@pytest.fixture
def own_server(opencode_binary: Path, model: Demo, tmp_path: Path) -> Iterator[RealServer]:
    """A real OpenCode server of this test's own, which may be killed, paused and started again."""
    yield from _serve(opencode_binary, model, tmp_path / "server")


def _serve(binary: Path, model: Demo, home: Path) -> Iterator[RealServer]:
    directory = home / "cwd"
    directory.mkdir(parents=True)
    server = RealServer(binary, model.env, home, directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A small project folder of this test's own. The shared server lets go of it at the end: it watches all that it was asked about."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "README.md").write_text("# A project\n\nIt counts sheep.\n")
    (folder / "sheep.py").write_text("def count(sheep: list[str]) -> int:\n    return len(sheep)\n")
    yield folder
    if "server" in request.fixturenames:
        shared: RealServer = request.getfixturevalue("server")
        with shared.client(folder) as client:
            client.post("/instance/dispose")


@pytest_asyncio.fixture
async def fake_server() -> AsyncIterator[FakeServer]:
    """A fake OpenCode 1.x server that fails on demand."""
    async with FakeServer() as server:
        yield server


@pytest_asyncio.fixture
async def classic_server() -> AsyncIterator[ClassicServer]:
    """A server that speaks the `/events` dialect."""
    async with ClassicServer() as server:
        yield server
