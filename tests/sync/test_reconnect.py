"""Connecting to a server again, with servers that fail in every way; its delays are tested in `test_reconnect_delays.py`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from opencode_widget import errors
from opencode_widget.server.api import Client
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import AttachedServer, InvalidServer
from opencode_widget.server.http.client import Address, Limits, address
from opencode_widget.sync.connection import Connection, ConnectionState
from opencode_widget.sync.reconnect import Reconnector

from ..support.runtimes import EAGER, PATIENT, QUICK, Connect
from ..support.servers import faults
from ..support.servers.classic import ClassicServer
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.wait import eventually

CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED = ConnectionState


def history(reconnector: Reconnector) -> list[Connection]:
    """Every state from now on, the present one first."""
    states = [reconnector.state]
    changed = reconnector._changed

    def record() -> None:
        states.append(reconnector.state)
        changed()

    reconnector._changed = record
    return states


def kinds(states: list[Connection]) -> list[ConnectionState]:
    """The states, without repetitions."""
    found: list[ConnectionState] = []
    for connection in states:
        if not found or found[-1] is not connection.state:
            found.append(connection.state)
    return found


def healths(server: FakeServer) -> int:
    """How many attempts there were: each begins with the health."""
    return len(server.seen("GET", "/global/health"))


async def test_it_connects_and_names_the_server(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    states = history(runtime.reconnector)
    await runtime.ready()
    assert kinds(states) == [CONNECTING, CONNECTED]
    assert runtime.connection.detail == "OpenCode 1.18.33"
    assert runtime.connection.error is None


async def test_a_lost_server_is_tried_again_with_growing_delays(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=Backoff(initial=0.02, factor=2, maximum=0.05, jitter=0, attempts=4))
    await runtime.ready()
    states = history(runtime.reconnector)
    await fake_server.stop()
    await eventually(lambda: runtime.connection.state is DISCONNECTED)
    assert kinds(states) == [CONNECTED, RECONNECTING, DISCONNECTED]
    waits = [state for state in states if state.state is RECONNECTING and state.at]
    assert [(state.attempt, state.attempts) for state in waits] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    under_way = [state.attempt for state in states if state.state is RECONNECTING and not state.at]
    assert under_way == [1, 2, 3, 4]
    assert all(state.error is not None for state in states[1:])


async def test_a_server_that_comes_back_is_connected_and_counting_begins_anew(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    await runtime.ready()
    for _ in range(2):
        states = history(runtime.reconnector)
        await fake_server.stop()
        await eventually(lambda: runtime.connection.attempt >= 3)
        await fake_server.start()
        await eventually(lambda: runtime.is_live)
        assert [state.attempt for state in states if state.at][:3] == [1, 2, 3]


@pytest.mark.parametrize("loss", ["end", "cut", "silence"])
async def test_every_kind_of_loss_is_mended(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect, loss: str
) -> None:
    runtime = connect(fake_proxy.url, backoff=PATIENT, limits=Limits(connect=1, hello=0.5, answer=1, silence=1))
    await runtime.ready()
    states = history(runtime.reconnector)
    if loss == "end":
        fake_server.end_streams()
    elif loss == "cut":
        await fake_proxy.cut()
    else:
        fake_proxy.stall()
        await eventually(lambda: runtime.connection.state is RECONNECTING)
        await fake_proxy.cut()
        await fake_proxy.resume()
    await eventually(lambda: kinds(states) == [CONNECTED, RECONNECTING, CONNECTED])
    assert runtime.is_live


async def test_silence_is_named_as_the_reason(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.beat = 60
    runtime = connect(fake_server.url, limits=Limits(connect=1, hello=0.5, answer=1, silence=0.3))
    await runtime.ready()
    states = history(runtime.reconnector)
    await eventually(lambda: len(states) > 1)
    assert "has said nothing for 0.3 s" in str(states[1].error)


async def test_heartbeats_alone_keep_it_connected_and_change_nothing(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.beat = 0.05
    runtime = connect(fake_server.url, limits=Limits(connect=1, hello=0.5, answer=1, silence=0.3))
    await runtime.ready()
    await eventually(lambda: len(runtime.state.catalogue.agents))
    touched: list[int] = []
    runtime._changed = lambda *, summary: touched.append(1)  # type: ignore[assignment]
    await asyncio.sleep(0.7)  # more than twice the silence
    assert (runtime.connection.state, touched) == (CONNECTED, [])


@pytest.mark.parametrize(
    ("path", "fault", "kind"),
    [
        ("/global/health", faults.never_answer, errors.ConnectionFailed),
        ("/global/health", faults.unavailable, errors.ConnectionFailed),
        ("/global/event", faults.never_answer, errors.ConnectionFailed),
        ("/global/event", faults.headers_then_silence, errors.ConnectionFailed),
        ("/session", faults.never_answer, errors.ConnectionFailed),
        ("/session/status", faults.cut_at(10), errors.ConnectionFailed),
    ],
)
async def test_what_may_pass_is_tried_again_and_given_up_after_the_last(
    fake_server: FakeServer, connect: Connect, path: str, fault: faults.Fault, kind: type[Exception]
) -> None:
    fake_server.always[path] = fault
    limits = Limits(connect=0.2, hello=0.2, answer=0.2, silence=0.5)
    runtime = connect(fake_server.url, limits=limits, backoff=Backoff(initial=0.01, jitter=0, attempts=1))
    with pytest.raises(kind):
        await runtime.ready()
    assert runtime.connection.state is DISCONNECTED
    assert runtime.connection.error is not None
    assert healths(fake_server) == 2


@pytest.mark.parametrize(
    ("path", "fault", "kind"),
    [
        ("/global/health", faults.unauthorized, errors.AuthenticationFailed),
        ("/global/event", faults.unauthorized, errors.AuthenticationFailed),
        ("/global/event", faults.html_page, errors.NotOpenCode),
        ("/session", faults.html_page, errors.NotOpenCode),
    ],
)
async def test_what_only_the_user_can_mend_is_tried_once(
    fake_server: FakeServer, connect: Connect, path: str, fault: faults.Fault, kind: type[Exception]
) -> None:
    fake_server.always[path] = fault
    runtime = connect(fake_server.url)
    with pytest.raises(kind):
        await runtime.ready()
    assert runtime.connection.state is DISCONNECTED
    for _ in range(5):
        runtime.reconnector.nudge()
        with pytest.raises(kind):
            await runtime.reach()
    assert healths(fake_server) == 1


async def test_a_nudge_while_the_first_attempt_is_under_way_makes_no_second_one(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.password = "right"
    runtime = connect(fake_server.url, password="wrong")
    runtime.reconnector.nudge()
    with pytest.raises(errors.AuthenticationFailed):
        await runtime.reach()
    await asyncio.sleep(0.05)
    assert healths(fake_server) == 1


async def test_the_user_may_ask_for_another_try_whatever_the_reason(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.password = "right"
    runtime = connect(fake_server.url, password="wrong")
    with pytest.raises(errors.AuthenticationFailed):
        await runtime.ready()
    fake_server.password = None
    runtime.reconnector.reconnect()
    await runtime.ready()
    assert runtime.connection.state is CONNECTED


async def test_reconnect_cuts_the_wait(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=Backoff(initial=60, maximum=60))
    await runtime.ready()
    fake_server.end_streams()
    await eventually(lambda: runtime.connection.state is RECONNECTING)
    runtime.reconnector.reconnect()
    await eventually(lambda: runtime.is_live)


async def test_the_first_connection_may_fail_and_come_later(fake_server: FakeServer, connect: Connect) -> None:
    await fake_server.stop()
    runtime = connect(fake_server.url, backoff=PATIENT)
    await eventually(lambda: runtime.connection.attempt >= 2)
    await fake_server.start()
    await runtime.ready()
    assert runtime.connection.state is CONNECTED


async def test_silence_of_a_classic_server_is_no_loss(classic_server: ClassicServer, connect: Connect) -> None:
    runtime = connect(classic_server.url, limits=Limits(connect=1, hello=0.5, answer=1, silence=0.2))
    await runtime.ready()
    states = history(runtime.reconnector)
    session = classic_server.add_session("Before")
    await eventually(lambda: len(classic_server.seen("GET", "/events")) >= 5, what="a third round of silence")
    classic_server.rename(session["id"], "After")
    await eventually(
        lambda: session["id"] in runtime.state.sessions and runtime.state.sessions[session["id"]].info.title == "After"
    )
    assert kinds(states) == [CONNECTED]


async def test_silence_after_heartbeats_is_a_loss_whatever_the_dialect_promises(
    classic_server: ClassicServer, connect: Connect
) -> None:
    async def one_beat(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, faults.SSE)
        await exchange.write(b": hello\n\n")
        await asyncio.sleep(0.05)
        await exchange.write(b": beat\n\n")
        await asyncio.Event().wait()

    classic_server.always["/events"] = one_beat
    runtime = connect(classic_server.url, limits=Limits(connect=1, hello=0.5, answer=1, silence=0.2))
    await runtime.ready()
    states = history(runtime.reconnector)
    await eventually(lambda: RECONNECTING in kinds(states))
    assert "has said nothing for" in str(states[1].error)


# ---- faults of our own ------------------------------------------------------------------------------------------------


class Broken(InvalidServer):
    """A source with a fault."""

    def __init__(self) -> None:
        super().__init__(errors.ServerFailed("x"))

    async def reach(self) -> Address:
        raise RuntimeError("a fault of the source")


@contextlib.asynccontextmanager
async def running(reconnector: Reconnector) -> AsyncIterator[None]:
    task = asyncio.create_task(reconnector.run())
    yield
    assert not task.done() or task.result() is None
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def never(_client: Client) -> None:
    raise AssertionError("it cannot be served")


async def test_a_fault_in_reaching_the_server_is_shown_and_makes_no_storm() -> None:
    reconnector = Reconnector(Broken(), never, lambda: None, Backoff(initial=0.01, attempts=2, jitter=0), QUICK)
    states = history(reconnector)
    async with running(reconnector):
        await eventually(lambda: reconnector.state.state is DISCONNECTED)
    assert "RuntimeError in opencode_widget.sync.reconnect:" in str(reconnector.error)
    assert "a fault of the source" not in str(reconnector.error)
    assert len(states) < 12


async def test_a_fault_in_serving_is_shown_and_tried_again(fake_server: FakeServer) -> None:
    async def serve(_client: Client) -> None:
        raise KeyError("a fault of ours")

    source = AttachedServer(address(fake_server.url))
    reconnector = Reconnector(source, serve, lambda: None, Backoff(initial=0.01, attempts=2, jitter=0), QUICK)
    async with running(reconnector):
        await eventually(lambda: reconnector.state.state is DISCONNECTED)
    assert "Something went wrong inside opencode_widget: KeyError in opencode_widget.sync.reconnect:" in str(
        reconnector.error
    )
    assert "a fault of ours" not in str(reconnector.error)
    assert healths(fake_server) == 3


async def test_an_impossible_server_is_reported_without_any_attempt() -> None:
    error = errors.DirectoryError("There is no such folder.", remedy="Name another.")
    reconnector = Reconnector(InvalidServer(error), never, lambda: None, EAGER, QUICK)
    states = history(reconnector)
    async with running(reconnector):
        await eventually(lambda: reconnector.state.state is DISCONNECTED)
    assert reconnector.error is error
    assert kinds(states) == [CONNECTING, DISCONNECTED]
