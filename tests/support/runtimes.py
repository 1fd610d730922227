"""Runtimes connected to a server, for tests of what runs on the home loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from blockbuster import blockbuster_ctx

from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Limits, address
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from .page import RecordingComms
from .servers.fake import FakeServer
from .servers.proxy import Proxy
from .servers.real import RealServer
from .wait import eventually

QUICK = Limits(connect=2, hello=2, answer=2, silence=20)
EAGER = Backoff(initial=0.02, maximum=0.05, jitter=0, attempts=5)
PATIENT = Backoff(initial=0.02, maximum=0.2, jitter=0, attempts=None)

# For a real server, which takes its time.
REAL = Limits(connect=2, hello=5, answer=10, silence=25)

Connect = Callable[..., InstanceRuntime]


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """As for all tests; only anywidget reads the page's code from the disk when a widget is made."""
    with blockbuster_ctx("opencode_widget") as detector:
        detector.functions["io.TextIOWrapper.read"].can_block_in("anywidget/_file_contents.py", {"__str__"})
        yield


@pytest.fixture(autouse=True)
def comms(monkeypatch: pytest.MonkeyPatch) -> RecordingComms:
    """Every comm that a widget opens."""
    comms = RecordingComms()
    comms.install(monkeypatch)
    return comms


def silent(*, summary: bool) -> None:
    """Nobody looks."""


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Begins conversations with a server; they are closed at the end."""
    loop = HomeLoop()
    made: list[InstanceRuntime] = []

    def begin(
        url: str,
        *,
        password: str | None = None,
        directory: str | None = None,
        backoff: Backoff = EAGER,
        limits: Limits = QUICK,
        changed: Any = silent,
    ) -> InstanceRuntime:
        source = AttachedServer(address(url, password=password), directory)
        made.append(runtime := InstanceRuntime(f"i{len(made)}", loop, source, changed, backoff, limits))
        runtime.start()
        return runtime

    yield begin
    for runtime in made:
        await runtime.close()


async def connected(
    connect: Connect, server: RealServer, folder: str, url: str | None = None, limits: Limits = REAL
) -> InstanceRuntime:
    """A live instance of a real server; `url`: of a proxy before it."""
    runtime = connect(url or server.url, password=server.password, directory=folder, backoff=PATIENT, limits=limits)
    await runtime.ready()
    return runtime


async def selected(runtime: InstanceRuntime, fake_server: FakeServer, id: str = "ses_1") -> str:
    """A new session of the fake server, on screen and fetched."""
    await runtime.ready()
    fake_server.add_session(id)
    await eventually(lambda: id in runtime.state.sessions)
    runtime.select(id)
    await runtime.history.open(id)
    return id


def texts(runtime: InstanceRuntime, session: str) -> list[str]:
    """The text of each message of a session, as the kernel has it."""
    return [message.text for message in runtime.session(session)]


async def stored(runtime: InstanceRuntime, session: str) -> list[str]:
    """The text of each message of a session, as the server has it."""
    assert runtime.client is not None
    history = await runtime.client.history(session, 1000)
    return [
        "\n\n".join(part.text for part in m.parts if part.kind == "text" and not part.hidden) for m in history.messages
    ]


@pytest_asyncio.fixture
async def fake_proxy(fake_server: FakeServer) -> AsyncIterator[Proxy]:
    """Stands between us and the fake server."""
    async with Proxy(fake_server.url) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def proxy(server: RealServer) -> AsyncIterator[Proxy]:
    """Stands between us and the real server."""
    async with Proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def folder(project: Path) -> str:
    """The project's folder, as a string."""
    return str(project)
