"""Wait until a condition on the state holds. The state changes on the same loop, so that no lock is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Condition:
    """Has every waiter look again at each `notify`."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Something changed: every waiter evaluates its condition again, at its next turn."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds."""
        while not condition():
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)
