"""For how long a stream may be silent before its connection counts as dead.

Servers send heartbeats in intervals of their own: OpenCode every 10 seconds, up to 1.2 every 30, 1.0.152 never, 2.x every 15. A limit of
three heartbeats of one is a single heartbeat of another, which comes a moment too late or not. So the limit follows what the server shows:

1. Until its third heartbeat the limit is at least `silence`, or UNSEEN of the heartbeats for which its release is known, if that is less.
   A stream begins with a heartbeat, as it were: servers count from there.
2. The limit is three intervals. The interval is the median of the last three, so that a heartbeat that came late, or twice, does not
   count.
3. Some send them irregularly. So the limit is never less than half as much again as the longest of the latest intervals: the server may be
   silent for that long again.
4. It is never less than LEAST, or than `silence` if that is less: a machine under load is no dead connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

import httpx

from ...model.events import Event, Heartbeat

# Intervals without a sign of life after which a connection is dead, and the least limit in seconds.
MISSED, LEAST = 3, 30.0
# The same before the server has shown its interval. One more, as what a release is known for may be changed on the way.
UNSEEN = 4
# The latest intervals: those whose median counts, and those whose longest does, with the factor for it.
RECENT, REMEMBERED, MARGIN = 3, 6, 1.5


class Pulse:
    """The heartbeats of one stream.

    Args:
        silence: seconds for which it may be silent before its third heartbeat.
        now: the time at which it began, in seconds of any clock.
        heartbeat: the interval for which the server's release is known, in seconds; None where it is known for none.
    """

    def __init__(self, silence: float, now: float, heartbeat: float | None = None) -> None:
        self._silence = silence if heartbeat is None else min(silence, UNSEEN * heartbeat)
        self._last = now
        self._intervals: deque[float] = deque(maxlen=REMEMBERED)

    def hear(self, events: Sequence[Event], now: float) -> None:
        """Events came; one of them may be a heartbeat."""
        if events and type(events[0]) is Heartbeat:
            self.beat(now)

    def beat(self, now: float) -> None:
        """A heartbeat came."""
        self._intervals.append(now - self._last)
        self._last = now

    @property
    def is_known(self) -> bool:
        """Did the server send a heartbeat, so that silence means a dead connection?"""
        return bool(self._intervals)

    @property
    def limit(self) -> float:
        """Seconds for which the stream may be silent now."""
        if not self._intervals:
            return self._silence
        recent = sorted([*self._intervals][-RECENT:])
        interval = recent[len(recent) // 2]
        least = self._silence if len(recent) < RECENT else min(LEAST, self._silence)
        return max(MISSED * interval, MARGIN * max(self._intervals), least)


class Silent(Exception):
    """Nothing came for as long as the pulse allows; the argument is that limit."""


class PulsedStream(httpx.AsyncByteStream):
    """The bytes of a stream, which end with `Silent` if none comes in time.

    Args:
        stream: the stream to read.
        pulse: its heartbeats. Comments and empty lines count as such here, but for a first one, which greets; the reader of
            the events adds those that are events.
    """

    def __init__(self, stream: httpx.AsyncByteStream, pulse: Pulse) -> None:
        self._stream = stream
        self._pulse = pulse

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, has_begun = aiter(self._stream), False
        while (piece := await self._next(pieces)) is not None:
            is_comment = piece.startswith(b":") or not piece.strip(b"\r\n")
            if has_begun and is_comment:  # the first one greets
                self._pulse.beat(asyncio.get_running_loop().time())
            has_begun = True
            yield piece

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        """The next piece; None at the end."""
        limit = self._pulse.limit
        try:
            async with asyncio.timeout(limit):
                return await anext(pieces, None)
        except TimeoutError:
            raise Silent(limit) from None

    async def aclose(self) -> None:
        """Close the stream below."""
        await self._stream.aclose()
