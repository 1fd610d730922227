"""When the reconnector tries again, by a clock of the test's own: hours cost no time, and a delay is exact.

No server takes part: `Attempts` stands for what an attempt finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest

from opencode_widget.errors import AuthenticationFailed, ConnectionFailed, OpenCodeError, ServerFailed
from opencode_widget.server.api import Client
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.stream import Silence
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.reconnect import Reconnector

from ..support.clock_loop import run
from ..support.runtimes import QUICK

CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED = ConnectionState
AWAY = ConnectionFailed("It is away.")
STEADY = Backoff(jitter=0)
HOUR = 3600.0


class FoundClient:
    """A client that can only be closed."""

    async def close(self) -> None:
        """Nothing is open."""


class Attempts:
    """A reconnector, and a server that is away until `error` is None; then a connection lasts until `lose`.

    Attributes:
        times: when attempts were made, by the loop's clock.
        states: every state that was shown.
    """

    def __init__(self, backoff: Backoff = STEADY, error: OpenCodeError | None = AWAY) -> None:
        self.error = error
        self.times: list[float] = []
        self.states: list[ConnectionState] = []
        self._lost: asyncio.Future[None] | None = None
        endpoint = AttachedServer(address("http://127.0.0.1:1"))
        self.reconnector = Reconnector(endpoint, self._serve, self._changed, backoff, QUICK, self._detect)

    async def _detect(self, http: Http) -> Client:
        self.times.append(asyncio.get_running_loop().time())
        await http.close()
        if self.error is not None:
            raise self.error
        return cast(Any, FoundClient())

    async def _serve(self, _client: Client) -> None:
        self._lost = asyncio.get_running_loop().create_future()
        self.reconnector.connected("a server")
        await self._lost

    def _changed(self) -> None:
        if not self.states or self.states[-1] is not self.reconnector.state.state:
            self.states.append(self.reconnector.state.state)

    def lose(self, error: OpenCodeError = AWAY, *, for_good: bool = True) -> None:
        """The connection breaks; `for_good`: and the server is away from then on."""
        assert self._lost is not None
        self.error = error if for_good else None
        self._lost.set_exception(error)

    @asynccontextmanager
    async def under_way(self, seconds: float = 0.001) -> AsyncIterator[Reconnector]:
        """The reconnector runs, and has run for so long."""
        task = asyncio.create_task(self.reconnector.run())
        await asyncio.sleep(seconds)
        yield self.reconnector
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_the_delays_are_those_of_the_backoff_and_after_the_last_attempt_there_is_none() -> None:
    async def main() -> None:
        attempts = Attempts()
        async with attempts.under_way(HOUR) as reconnector:
            assert attempts.times == [0, 1, 3, 7, 15, 31]
            assert attempts.states == [CONNECTING, RECONNECTING, DISCONNECTED]
            assert reconnector.error is AWAY

    run(main())


def test_a_delay_has_a_greatest_length_and_may_have_no_last_attempt() -> None:
    async def main() -> None:
        attempts = Attempts(Backoff(initial=10, maximum=30, jitter=0, attempts=None))
        async with attempts.under_way(HOUR):
            delays = [later - earlier for earlier, later in zip(attempts.times, attempts.times[1:], strict=False)]
            assert delays[:3] == [10, 20, 30]
            assert set(delays[2:]) == {30}
            assert len(attempts.times) == 2 + (3600 - 10) // 30

    run(main())


@pytest.mark.parametrize(("chance", "at"), [(0.0, 10.0), (0.5, 9.0), (1.0, 8.0)])
def test_a_part_of_the_delay_is_chance(monkeypatch: pytest.MonkeyPatch, chance: float, at: float) -> None:
    monkeypatch.setattr("opencode_widget.sync.reconnect.random.random", lambda: chance)

    async def main() -> None:
        attempts = Attempts(Backoff(initial=10, jitter=0.2, attempts=1))
        async with attempts.under_way(HOUR):
            assert attempts.times == [0, at]

    run(main())


def test_what_is_shown_is_the_number_of_the_attempt_and_when_it_comes() -> None:
    async def main() -> None:
        attempts = Attempts()
        async with attempts.under_way(5) as reconnector:
            state = reconnector.state
            assert (state.state, state.attempt, state.attempts, state.at) == (RECONNECTING, 3, 5, 7)
            assert state.words(5) == "reconnecting in 2 s"

    run(main())


def test_reconnect_and_nudge_cut_the_wait() -> None:
    async def main() -> None:
        attempts = Attempts(Backoff(initial=60, maximum=60, jitter=0, attempts=9))
        async with attempts.under_way(1) as reconnector:
            reconnector.reconnect()
            await asyncio.sleep(1)
            reconnector.nudge()
            await asyncio.sleep(0.5)
            assert attempts.times == [0, 1, 2]
            assert reconnector.state.at == 62, "the next wait is a whole one"

    run(main())


def test_a_nudge_while_connected_does_not_shorten_the_first_wait() -> None:
    async def main() -> None:
        attempts = Attempts(error=None)
        async with attempts.under_way(10) as reconnector:
            reconnector.nudge()
            reconnector.reconnect()
            attempts.lose()
            await asyncio.sleep(HOUR)
            assert attempts.times == [0, 11, 13, 17, 25, 41]

    run(main())


def test_once_connected_the_next_loss_counts_anew() -> None:
    async def main() -> None:
        attempts = Attempts()
        async with attempts.under_way(6):
            attempts.error = None
            await asyncio.sleep(4)
            assert attempts.states[-1] is CONNECTED
            attempts.lose()
            await asyncio.sleep(2)
            assert attempts.times == [0, 1, 3, 7, 11]
            assert attempts.reconnector.state.attempt == 2

    run(main())


def test_after_the_last_attempt_nothing_is_tried_until_somebody_asks() -> None:
    async def main() -> None:
        attempts = Attempts(Backoff(initial=1, jitter=0, attempts=1), error=None)
        async with attempts.under_way() as reconnector:
            attempts.lose()
            await asyncio.sleep(HOUR)
            assert len(attempts.times) == 2
            attempts.error = None
            reconnector.nudge()
            await asyncio.sleep(0.001)
            assert len(attempts.times) == 3
            assert attempts.states == [CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED, CONNECTING, CONNECTED]

    run(main())


@pytest.mark.parametrize("error", [AuthenticationFailed("Who?"), ServerFailed("It did not start.")])
def test_what_only_the_user_can_mend_is_tried_once_and_again_only_if_the_user_asks(error: OpenCodeError) -> None:
    async def main() -> None:
        attempts = Attempts(error=error)
        async with attempts.under_way(HOUR) as reconnector:
            reconnector.nudge()
            await asyncio.sleep(HOUR)
            assert attempts.times == [0]
            assert reconnector.error is error
            reconnector.reconnect()
            await asyncio.sleep(HOUR)
            assert len(attempts.times) == 2

    run(main())


def test_a_server_of_ours_that_ended_after_it_was_connected_is_tried_again() -> None:
    async def main() -> None:
        attempts = Attempts(error=None)
        async with attempts.under_way():
            attempts.lose(ServerFailed("It ended."))
            await asyncio.sleep(HOUR)
            assert len(attempts.times) == 1 + 5

    run(main())


def test_silence_that_was_expected_is_no_loss() -> None:
    silence = Silence("Nothing was said.")
    silence.expected = True

    async def main() -> None:
        attempts = Attempts(error=None)
        async with attempts.under_way(10):
            attempts.lose(silence, for_good=False)
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            assert attempts.times == [0, 10]
            assert attempts.states == [CONNECTING, CONNECTED]

    run(main())


def test_a_cancellation_that_the_connection_swallowed_ends_it_nonetheless() -> None:
    async def main() -> None:
        attempts = Attempts(error=None)

        async def swallow(_client: Client) -> None:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(HOUR)
            raise AWAY

        attempts.reconnector._serve = swallow
        task = asyncio.create_task(attempts.reconnector.run())
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task], timeout=HOUR)
        assert task.cancelled()

    run(main())
