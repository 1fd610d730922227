"""One instance: what it takes from the stream, and that it can be closed at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.operations import prompts
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Limits, address
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.runtimes import EAGER, PATIENT, QUICK, Connect, connected, texts
from ..support.scripts import say, script
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually


async def test_sessions_and_prompts_of_another_client_are_seen(
    server: RealServer, project: Path, connect: Connect
) -> None:
    runtime = await connected(connect, server, str(project))
    with server.client(project) as raw:
        made = (await asyncio.to_thread(raw.post, "/session", json={"title": "Theirs"})).json()
        await eventually(lambda: made["id"] in runtime.state.sessions)
        body = {"parts": [{"type": "text", "text": script(say("Said to them"))}]}
        await asyncio.to_thread(raw.post, f"/session/{made['id']}/message", json=body)
    await eventually(lambda: texts(runtime, made["id"])[-1:] == ["Said to them"])
    assert runtime.session(made["id"]).info.title == "Theirs"
    with server.client(project) as raw:
        await asyncio.to_thread(raw.delete, f"/session/{made['id']}")
    await eventually(lambda: made["id"] not in runtime.state.sessions)


async def test_a_disposal_of_another_folder_is_no_concern(
    server: RealServer, project: Path, tmp_path: Path, connect: Connect
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    runtime = await connected(connect, server, str(project))
    two = await connected(connect, server, str(other))
    phases: list[object] = []
    runtime.listeners.add(lambda event, _: phases.append(type(event).__name__))
    with server.client(other) as raw:
        (await asyncio.to_thread(raw.post, "/instance/dispose")).raise_for_status()
    session = (await two.new_session("Other")).id
    await eventually(lambda: two.is_live)
    assert session not in runtime.state.sessions
    assert "Connected" not in phases


async def test_an_unknown_session_is_not_found(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    await runtime.ready()
    for call in (
        runtime.history.open("ses_x"),
        prompts.prompt(runtime, "ses_x", "Hi"),
        prompts.abort(runtime, "ses_x"),
        runtime.history.older("ses_x"),
    ):
        with pytest.raises(errors.NotFound, match="ses_x"):
            await call
    with pytest.raises(errors.NotFound):
        runtime.select("ses_x")
    with pytest.raises(errors.NotFound):
        runtime.close_tab("ses_x")


async def test_broken_events_are_counted_and_the_others_are_heard(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    await runtime.ready()
    for junk in (
        faults.NOT_JSON,
        faults.NOT_AN_OBJECT,
        faults.NOT_AN_EVENT,
        faults.UNKNOWN_TYPE,
        faults.MISSING_FIELDS,
    ):
        fake_server.send(junk)
    fake_server.add_session("ses_1")
    await eventually(lambda: "ses_1" in runtime.state.sessions)
    assert runtime.connection.state is ConnectionState.CONNECTED


CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED = ConnectionState


def healths(server: FakeServer) -> int:
    """How many attempts there were: each begins with the health."""
    return len(server.seen("GET", "/global/health"))


async def _connecting(server: FakeServer, connect: Connect) -> Any:
    server.always["/global/health"] = faults.never_answer
    runtime = connect(server.url, limits=Limits(hello=30))
    await eventually(lambda: healths(server))
    return runtime


async def _loading(server: FakeServer, connect: Connect) -> Any:
    server.always["/session"] = faults.never_answer
    runtime = connect(server.url, limits=Limits(answer=30))
    await eventually(lambda: server.seen("GET", "/session"))
    return runtime


async def _connected(server: FakeServer, connect: Connect) -> Any:
    runtime = connect(server.url)
    await runtime.ready()
    return runtime


async def _reconnecting(server: FakeServer, connect: Connect) -> Any:
    runtime = connect(server.url, backoff=Backoff(initial=60, maximum=60))
    await runtime.ready()
    server.end_streams()
    await eventually(lambda: runtime.connection.state is RECONNECTING)
    return runtime


async def _disconnected(server: FakeServer, connect: Connect) -> Any:
    server.password = "x"
    runtime = connect(server.url)
    await eventually(lambda: runtime.connection.state is DISCONNECTED)
    return runtime


@pytest.mark.parametrize("bring", [_connecting, _loading, _connected, _reconnecting, _disconnected])
async def test_it_can_be_closed_in_every_state(
    fake_server: FakeServer, connect: Connect, bring: Callable[..., Any]
) -> None:
    runtime = await bring(fake_server, connect)
    waiting = asyncio.create_task(runtime.ready()) if bring is not _connected else None
    await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await runtime.close()
        await runtime.close()
    if waiting is not None:
        with pytest.raises((errors.Closed, errors.AuthenticationFailed)):
            await waiting
    with pytest.raises(errors.Closed):
        await runtime.ready()
    with pytest.raises(errors.Closed):
        await runtime.reach()
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server.streams)
    assert runtime.state.phase.value == "offline"


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_it_can_be_closed_at_any_step_of_losing_the_server(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect, steps: int
) -> None:
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    await runtime.ready()
    losing = asyncio.create_task(fake_proxy.refuse())
    for _ in range(steps):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await runtime.close()
    await losing


def test_a_keyboard_interrupt_that_hits_the_stream_by_accident_is_survived() -> None:
    """The kernel's stop button raises in whatever the loop is doing."""
    loop = asyncio.new_event_loop()
    pending: list[bool] = []

    def changed(*, summary: bool) -> None:
        if pending and pending.pop():
            raise KeyboardInterrupt

    async def begin() -> tuple[FakeServer, InstanceRuntime]:
        server = FakeServer()
        await server.start()
        runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(server.url)), changed, EAGER, QUICK)
        runtime.start()
        await runtime.ready()
        return server, runtime

    async def heard(server: FakeServer, item: InstanceRuntime) -> None:
        await eventually(lambda: "ses_1" in item.state.sessions)
        await eventually(lambda: item.is_live)
        server.add_session("ses_2")
        await eventually(lambda: "ses_2" in item.state.sessions)

    async def end(server: FakeServer, runtime: InstanceRuntime) -> None:
        await runtime.close()
        await server.stop()

    server, runtime = loop.run_until_complete(begin())
    pending.append(True)
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(_interrupt(server, pending))
    loop.run_until_complete(heard(server, runtime))
    loop.run_until_complete(end(server, runtime))
    loop.close()


async def _interrupt(server: FakeServer, pending: list[bool]) -> None:
    server.add_session("ses_1")
    await eventually(lambda: False, what="an interrupt")
