"""For how long a stream may be silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from opencode_widget.server.http.limits import Limits
from opencode_widget.server.http.pulse import LEAST, Pulse, PulsedStream, Silent


def limits(silence: float, *times: float) -> list[float]:
    """The limit at the beginning, and after each heartbeat."""
    pulse = Pulse(silence, 0)
    found = [pulse.limit]
    for now in times:
        pulse.beat(now)
        found.append(pulse.limit)
    return found


@pytest.mark.parametrize("interval", [10, 15, 30, 45, 60])
def test_the_limit_is_three_intervals_of_the_server_itself(interval: float) -> None:
    """A limit of exactly one or two of its intervals would be a toss at each heartbeat."""
    silence = Limits().silence
    first, *later = limits(silence, *(interval * number for number in range(1, 6)))
    assert first == silence
    assert first > interval, "the first heartbeat comes in time"
    assert later[2:] == [max(3 * interval, LEAST)] * 3
    assert all(limit > 2 * interval or limit == silence for limit in later)


@pytest.mark.parametrize(("known", "first"), [(10, 40), (15, 60), (30, 75)])
def test_a_release_that_is_known_for_its_heartbeats_is_missed_earlier(known: float, first: float) -> None:
    pulse = Pulse(Limits().silence, 0, heartbeat=known)
    assert pulse.limit == first
    for number in range(1, 6):  # another interval than it is known for, as a proxy may make of it
        assert pulse.limit > 30
        pulse.beat(30 * number)
    assert pulse.limit == 90


def test_a_heartbeat_that_comes_late_or_twice_does_not_count_as_the_interval() -> None:
    assert limits(75, 30, 60, 60, 90, 120)[1:] == [90, 90, 90, 90, 90]
    assert limits(75, 10, 20, 60, 62, 72)[1:] == [75, 75, 60, 60, 60]


@pytest.mark.parametrize("gaps", [(5, 50), (5, 5, 50), (50, 5, 5), (40, 5, 5, 5, 55)])
def test_a_server_with_irregular_heartbeats_is_not_given_up_at_its_longest_interval(gaps: tuple[float, ...]) -> None:
    pulse, now = Pulse(75, 0), 0.0
    for gap in gaps * 5:
        assert gap < pulse.limit
        now += gap
        pulse.beat(now)


def test_one_long_interval_is_forgotten() -> None:
    """While a cell blocked the loop, nothing was read."""
    assert limits(75, 10, 20, 620, *range(630, 700, 10))[-1] == 30


def test_it_is_not_shorter_than_a_machine_under_load_may_be_silent() -> None:
    assert limits(75, 1, 2, 3)[1:] == [75, 75, LEAST]
    assert limits(0.5, 0.1, 0.2)[1:] == [0.5, 0.5], "unless a shorter silence was asked for"


class Pieces(httpx.AsyncByteStream):
    """Pieces of a stream, each after so many seconds."""

    def __init__(self, *pieces: tuple[float, bytes]) -> None:
        self.pieces, self.is_closed = pieces, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for seconds, piece in self.pieces:
            await asyncio.sleep(seconds)
            yield piece

    async def aclose(self) -> None:
        self.is_closed = True


async def test_a_greeting_is_no_heartbeat() -> None:
    pulse = Pulse(5, asyncio.get_running_loop().time())
    assert [piece async for piece in PulsedStream(Pieces((0, b": hello\n\n")), pulse)]
    assert not pulse.is_known


@pytest.mark.parametrize(("piece", "is_known"), [(b": beat\n\n", True), (b"\n", True), (b"data: 1\n\n", False)])
async def test_comments_are_heartbeats_and_data_is_a_sign_of_life(piece: bytes, is_known: bool) -> None:
    pulse = Pulse(5, asyncio.get_running_loop().time())
    below = Pieces((0, piece), (0, piece))
    stream = PulsedStream(below, pulse)
    assert [piece async for piece in stream] == [piece, piece]
    assert pulse.is_known is is_known
    await stream.aclose()
    assert below.is_closed


async def test_silence_ends_the_stream_and_says_how_long_it_was() -> None:
    pieces = aiter(PulsedStream(Pieces((0, b"x"), (60, b"y")), Pulse(0.05, 0)))
    assert await anext(pieces) == b"x"
    with pytest.raises(Silent) as caught:
        await anext(pieces)
    assert caught.value.args == (0.05,)
