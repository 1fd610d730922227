"""The clock of a replay: the time of the recording, which passes at a speed, and stands while the replay is paused."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress


class Clock:
    """On the home loop only.

    Args:
        speed: 1 is the speed of the recording; 0 or infinity: all at once.

    Attributes:
        speed: set it by `change`.
        paused: does it stand?
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.paused = False
        self._changed = asyncio.Event()
        # The time of the recording, and when it was this.
        self._at = 0.0
        self._since: float | None = None

    def start(self, at: float) -> None:
        """Begin at this time of the recording."""
        self._at = at
        self._since = asyncio.get_running_loop().time()

    def change(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Go on at another speed, or pause, or go on."""
        if self._since is not None:
            self.start(self._now())
        self.speed = self.speed if speed is None else speed
        self.paused = self.paused if paused is None else paused
        self._changed.set()
        self._changed.clear()

    async def wait_until(self, at: float) -> None:
        """Wait until the recording's time has come."""
        while self.paused or (not self._is_instant and self._now() < at):
            wait = None if self.paused else (at - self._now()) / self.speed
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()
        if self._is_instant:
            self.start(at)

    @property
    def _is_instant(self) -> bool:
        return self.speed <= 0 or math.isinf(self.speed)

    def _now(self) -> float:
        passes = not self.paused and not self._is_instant and self._since is not None
        return self._at + ((asyncio.get_running_loop().time() - (self._since or 0.0)) * self.speed if passes else 0.0)
