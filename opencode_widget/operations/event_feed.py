"""Events on their way from the home loop to whoever follows a turn, on that loop or on another."""

from __future__ import annotations

import asyncio

from ..model.events import Event


class Feed:
    """A queue that is filled on the home loop and read on the consumer's, which may be closed at any time.

    Args:
        home: the loop that fills it; the loop on which the feed is made reads it.
    """

    def __init__(self, home: asyncio.AbstractEventLoop) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._reader = asyncio.get_running_loop()
        self._is_near = self._reader is home
        self._is_left = False

    def put(self, event: Event) -> bool:
        """Add an event. Returns whether anybody can still read it."""
        return self._hand_over(event)

    def end(self) -> bool:
        """Nothing comes any more. Returns whether anybody can still read that, or wants to."""
        return self._hand_over(None)

    def leave(self) -> None:
        """The consumer wants no more, and may close its loop."""
        self._is_left = True

    def _hand_over(self, item: Event | None) -> bool:
        if self._is_near:
            self._queue.put_nowait(item)
            return True
        try:
            self._reader.call_soon_threadsafe(self._queue.put_nowait, item)
        except RuntimeError:  # that loop was closed
            return self._is_left
        return True

    async def get(self) -> Event | None:
        """The next event; None: there are no more."""
        return await self._queue.get()
