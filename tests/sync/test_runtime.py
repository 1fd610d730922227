"""One instance: what it takes from the stream, and that it can be closed at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.entities import Problem
from opencode_widget.model.state import HistoryState
from opencode_widget.operations import prompts
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Limits, address
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..model import builders
from ..support.runtimes import EAGER, PATIENT, QUICK, Connect, connected, silent, texts
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


async def test_broken_events_are_counted_and_the_others_are_applied(fake_server: FakeServer, connect: Connect) -> None:
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

    async def received(server: FakeServer, item: InstanceRuntime) -> None:
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
    loop.run_until_complete(received(server, runtime))
    loop.run_until_complete(end(server, runtime))
    loop.close()


async def _interrupt(server: FakeServer, pending: list[bool]) -> None:
    server.add_session("ses_1")
    await eventually(lambda: False, what="an interrupt")


# ---- its life ---------------------------------------------------------------------------------------------------------


async def test_the_folder_is_asked_of_the_server_once(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    known: list[str] = []
    runtime.listeners.add(
        lambda event, _: known.append(event.directory) if isinstance(event, e.DirectoryKnown) else None
    )
    await runtime.ready()
    fake_server.end_streams()
    await eventually(lambda: not runtime.is_live)
    await runtime.ready()
    assert known == [runtime.directory]


class Restartable(AttachedServer):
    """A fake server that can be started again."""

    def __init__(self, server: FakeServer) -> None:
        super().__init__(address(server.url))
        self.server = server
        self.restarts = 0

    async def restart(self) -> None:
        self.restarts += 1
        await self.server.stop()
        await self.server.start()


async def test_a_server_that_is_restarted_is_connected_again_at_once(fake_server: FakeServer) -> None:
    source = Restartable(fake_server)
    patient = Backoff(initial=60, maximum=60)
    runtime = InstanceRuntime("i1", HomeLoop(), source, silent, patient, QUICK)
    runtime.start()
    await runtime.ready()
    before = runtime.client
    await asyncio.wait_for(runtime.restart(), 20)
    assert runtime.is_live
    assert runtime.client is not before
    await runtime.close()
    with pytest.raises(errors.Closed):
        await runtime.restart()
    assert source.restarts == 1


async def test_work_that_was_started_for_it_ends_with_it(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    runtime.spawn(work())
    await asyncio.sleep(0)
    await runtime.close()
    await asyncio.wait_for(ended.wait(), 2)


# ---- changes ----------------------------------------------------------------------------------------------------------


def offline(changed: Any = silent) -> InstanceRuntime:
    """An instance that is not started, with one session; to be made where a loop runs."""
    source = AttachedServer(address("http://127.0.0.1:1"))
    runtime = InstanceRuntime("i1", HomeLoop(), source, changed, EAGER, QUICK)
    for event in (builders.CONNECTED, builders.loaded(), builders.history_loaded()):
        runtime.apply(event)
    return runtime


async def test_every_change_is_reported_and_whether_the_list_of_sessions_shows_it() -> None:
    told: list[bool] = []
    runtime = offline(lambda *, summary: told.append(summary))
    runtime.apply(builders.loading())
    runtime.apply(builders.history_loaded())
    told.clear()
    runtime.apply(builders.busy())
    runtime.apply(builders.answer())
    runtime.apply(e.Heartbeat())
    assert told[0] is True
    assert told[-1] is True, "an answer makes the session unread"
    runtime.apply(builders.part(builders.text_info("Hi")))
    assert told[-1] is False
    runtime.alert(Problem("Odd", "Something is odd."))
    assert told[-1] is False
    assert list(runtime.notices) == [Problem("Odd", "Something is odd.")]
    count = len(told)
    runtime.apply(e.Heartbeat())
    assert len(told) == count, "nothing changed"


async def test_a_listener_that_fails_is_dropped_and_the_others_go_on() -> None:
    runtime = offline()
    received: list[e.Event] = []

    def fails(event: e.Event, _changes: object) -> None:
        raise ValueError("sk-secret")

    runtime.listeners |= {fails, lambda event, _: received.append(event)}
    runtime.apply(builders.busy())
    runtime.apply(builders.idle())
    assert received == [builders.busy(), builders.idle()]
    assert fails not in runtime.listeners
    (notice,) = runtime.notices
    assert "ValueError" in notice.message
    assert "sk-secret" not in notice.message


async def test_a_listener_that_was_interrupted_by_accident_stays() -> None:
    runtime = offline()

    def interrupted(event: e.Event, _changes: object) -> None:
        raise KeyboardInterrupt

    runtime.listeners.add(interrupted)
    runtime.apply(builders.busy())
    assert interrupted in runtime.listeners


async def test_a_session_that_is_deleted_is_selected_no_longer() -> None:
    runtime = offline()
    runtime.select(builders.SES)
    runtime.apply(e.SessionRemoved(session_id=builders.SES))
    assert runtime.selected is None
    await runtime.close()


async def test_a_session_whose_tab_is_closed_is_selected_no_longer_and_stays_with_the_server() -> None:
    runtime = offline()
    runtime.select(builders.SES)
    runtime.close_tab(builders.SES)
    assert runtime.selected is None
    assert runtime.session(builders.SES).closed
    runtime.close_tab(builders.SES)
    assert [session.id for session in runtime.all_sessions()] == [builders.SES]
    await runtime.close()


async def test_a_session_that_is_selected_is_fetched_unless_its_messages_are_here() -> None:
    runtime = offline()
    runtime.select(builders.SES)
    assert list(runtime.history.fetches) == [builders.SES]
    runtime.select(None)
    for event in (builders.loading(), builders.history_loaded()):
        runtime.apply(event)
    runtime.history.fetches.clear()
    runtime.select(builders.SES)
    assert runtime.history.fetches == {}
    await runtime.close()


async def test_pages_get_older_messages_that_the_kernel_has_only_of_the_session_that_they_show() -> None:
    told: list[bool] = []
    runtime = offline(lambda *, summary: told.append(summary))
    many = (builders.fetched(builders.user_info(f"m{number:03}", at=number)) for number in range(300))
    for event in (builders.loading(), builders.history_loaded(*many)):
        runtime.apply(event)
    told.clear()
    assert not runtime._reveal(builders.SES, None)
    runtime.patch.drain()
    runtime.patch.show(builders.SES)
    runtime.patch.drain(Room(1))  # room for the latest message alone
    assert runtime._reveal(builders.SES, None)
    assert told == [False]


async def test_a_new_session_is_selected_unless_the_caller_says_otherwise(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url)
    first = await runtime.new_session("First")
    assert (first.info.title, runtime.selected) == ("First", first.id)
    assert first.history_state is HistoryState.READY, "its creation was observed: there is nothing to fetch"
    await runtime.new_session("Second", select=False)
    assert runtime.selected == first.id
