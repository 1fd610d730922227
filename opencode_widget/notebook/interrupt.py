"""What reaches us while a cell awaits us: the notebook's Stop button, and the clicks of a page.

1. Stop sends SIGINT. While a cell awaits, ipykernel's handler schedules the cancellation of the cell's task by tornado's `add_callback`,
   which does not wake a loop that waits for its next event: the cell would end seconds or minutes later (ipykernel issue 881). So while a
   cell awaits us, a timer wakes its loop. We install no handler of our own: one that stays over an `await` can end the kernel.
2. Stop reaches us as CancelledError, and so does a time limit of the user's (`asyncio.timeout`), or a task that the user cancels. Only Stop
   cancels the task of the cell itself and for good: a time limit takes the cancellation back.
3. The same timer takes the pages' messages from the queue in which they would wait for the cell; see `shell_queue.py`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from .cell import current_kernel
from .running import task_of_cell
from .shell_queue import deliver_waiting

# Seconds between two wake-ups of a loop on which a cell awaits us.
WAKE_EVERY = 0.05
# Seconds for which a cancellation of the cell's task may yet be taken back, and how often that is looked at.
SETTLES, LOOK_EVERY = 0.25, 0.02


class _Waker:
    """Wakes one loop as long as anybody awaits us on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._waiting += 1
        if self._timer is None:
            self._tick()

    def stop(self) -> None:
        self._waiting -= 1
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = self._loop.call_later(WAKE_EVERY, self._tick)
        deliver_waiting()


_wakers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waker] = WeakKeyDictionary()


@contextmanager
def hearing_stop() -> Iterator[None]:
    """Keep the running loop awake for Stop, where a kernel runs cells on it."""
    if current_kernel() is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    waker = _wakers.setdefault(loop, _Waker(loop))
    waker.start()
    try:
        yield
    finally:
        waker.stop()


class CellWait:
    """The wait of a caller in a cell. Make it when the wait begins, on the caller's loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._cell = task_of_cell(self._loop) if current_kernel() is not None else None

    def if_stopped(self, act: Callable[[], object]) -> None:
        """The wait was cancelled: call a function, soon, if it was Stop that did it."""
        if self._is_cancelled():
            self._look(act, self._loop.time() + SETTLES)

    def _look(self, act: Callable[[], object], until: float) -> None:
        if not self._is_cancelled():
            return
        if (self._cell is not None and self._cell.done()) or self._loop.time() >= until:
            act()
        else:
            self._loop.call_later(LOOK_EVERY, self._look, act, until)

    def _is_cancelled(self) -> bool:
        return self._cell is not None and (self._cell.cancelling() > 0 or self._cell.cancelled())
