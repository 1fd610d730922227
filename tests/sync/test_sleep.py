"""A laptop that sleeps: clocks jump, connections die without a word, and what was missed is there soon after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from opencode_widget.server.backoff import Backoff
from opencode_widget.server.http.client import Limits
from opencode_widget.sync.connection import ConnectionState

from ..support import shapes
from ..support.runtimes import PATIENT, Connect
from ..support.servers.fake import FakeServer
from ..support.servers.proxy import Proxy
from ..support.wait import eventually

HOUR = 3600.0
# The silence that is allowed is long: only the jump makes it pass.
LIMITS = Limits(connect=5, hello=5, answer=5, silence=25)
Jump = Callable[[float, float], None]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Lets the clock of the loop, and that of the day, jump by so many seconds."""
    of_loop, of_day, of_day_ns = asyncio.BaseEventLoop.time, time.time, time.time_ns

    def both(loop: float, day: float) -> None:
        monkeypatch.setattr(asyncio.BaseEventLoop, "time", lambda self: of_loop(self) + loop)
        monkeypatch.setattr(time, "time", lambda: of_day() + day)
        monkeypatch.setattr(time, "time_ns", lambda: of_day_ns() + int(day * 1e9))

    return both


async def test_a_connection_that_died_over_a_sleep_is_found_dead_at_once(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect, jump: Jump
) -> None:
    fake_server.add_session("ses_1")
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    runtime = connect(fake_proxy.url, backoff=PATIENT, limits=LIMITS)
    await runtime.history.open("ses_1")
    runtime.select("ses_1")
    fake_proxy.hush()
    fake_server.answer("ses_1", "Said while it slept")
    jump(HOUR, HOUR)
    await eventually(lambda: [message.text for message in runtime.session("ses_1")][-1:] == ["Said while it slept"])
    assert runtime.is_live
    assert not runtime.session("ses_1").busy


@pytest.mark.parametrize(("loop", "day"), [(HOUR, HOUR), (0, HOUR), (0, -HOUR)], ids=["sleep", "forward", "back"])
async def test_a_clock_that_jumps_costs_at_most_a_reconnect(
    fake_server: FakeServer, connect: Connect, jump: Jump, loop: float, day: float
) -> None:
    """A loop measures with a clock that never goes back; that of the day may."""
    fake_server.add_session("ses_1")
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    runtime = connect(fake_server.url, backoff=PATIENT, limits=LIMITS)
    await runtime.history.open("ses_1")
    runtime.select("ses_1")
    jump(loop, day)
    await eventually(lambda: runtime.is_live)
    fake_server.answer("ses_1", "After the jump")
    await eventually(lambda: [message.text for message in runtime.session("ses_1")][-1:] == ["After the jump"])
    assert runtime.connection.state is ConnectionState.CONNECTED


async def test_a_wait_that_a_sleep_interrupted_is_over_when_it_ends(
    fake_server: FakeServer, connect: Connect, jump: Jump
) -> None:
    runtime = connect(fake_server.url, backoff=Backoff(initial=60, jitter=0, attempts=3), limits=LIMITS)
    await runtime.ready()
    await fake_server.stop()
    await eventually(lambda: runtime.connection.at > 0)
    await fake_server.start()
    jump(HOUR, HOUR)
    await eventually(lambda: runtime.is_live, within=10)
