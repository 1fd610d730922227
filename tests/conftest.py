"""Shared fixtures: the real OpenCode server with its scripted model, the fake ones, and a detector of blocking calls."""

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


# Where the longest tests are.
LONG = ("tests/e2e/", "tests/versions/", "tests/widget/", "tests/test_notebooks.py", "tests/faults/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first: two processes take whole files in this order, and at the end both should be busy."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_configure() -> None:
    """On SIGTERM (from `timeout` or a runner), end the servers that the tests started, too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """Fail a test in which our code blocks an event loop (sleeps, reads a file, waits for a lock)."""
    with blockbuster_ctx("opencode_widget"):
        yield


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep stored state (recent folders) out of the user's home; kernels that tests start inherit this."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session", autouse=True)
def plain_shell() -> None:
    """Run the agent's commands in a shell that reads no start-up files, as the user's may wait a minute for a stale lock."""
    os.environ["SHELL"] = "/bin/sh"


@pytest.fixture(scope="session")
def opencode_binary() -> Path:
    """The OpenCode program under test: the one that `$OPENCODE_WIDGET_BINARY` names, else the pinned one, installed if necessary.

    A program that happens to be on PATH is not used, as its version may be any. Without npm this fails; it never skips.
    """
    binary = Path(os.environ.get(VARIABLE) or install())
    os.environ[VARIABLE] = str(binary)  # everything that we start, kernels included, uses the same program
    return binary


@pytest.fixture(scope="session")
def model() -> Iterator[Demo]:
    """The scripted model, shared by all tests; see `opencode_widget/demo`."""
    from opencode_widget.demo import Demo

    thread = LoopThread("scripted-model")
    demo = thread.run(Demo.start())
    yield demo
    thread.run(demo.stop())
    thread.close()


@pytest.fixture(scope="module")
def server(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A real OpenCode server for the tests of a file, with one `project` folder a test. Do not kill it: use `own_server`."""
    yield from _serve(opencode_binary, model, tmp_path_factory.mktemp("server"))


@pytest.fixture
def own_server(opencode_binary: Path, model: Demo, tmp_path: Path) -> Iterator[RealServer]:
    """A real OpenCode server for this test alone, which may be killed, paused and restarted."""
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
    """A small project folder for this test alone. The shared server is told to release it at the end, as it watches every folder used."""
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
