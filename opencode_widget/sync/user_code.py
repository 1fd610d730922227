"""Calls of the user's code: policies, observers, listeners. It may raise anything, and its caller must go on.

asyncio treats an Exception as the failure of one task. KeyboardInterrupt and SystemExit end the whole loop, and the notebook's loop is the
kernel: a policy that calls `input()` and is interrupted, or one that calls `sys.exit()`, would end the kernel. So whoever calls the user's
code catches BaseException, reports what happened, and goes on. Nothing here catches an interrupt of the user's own cell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger("opencode_widget")


def log_fault(what: str, fault: BaseException) -> None:
    """Log what failed, with the traceback. Formatting a traceback runs the user's code too, such as the exception's `__notes__`."""
    try:
        log.error("%s", what, exc_info=fault)
    except BaseException:  # noqa: BLE001 - see above
        log.error("%s (its traceback cannot be written)", what)


def is_ours_to_leave(fault: BaseException) -> bool:
    """Was the running coroutine ended from outside, because somebody cancelled its task or closed it?

    The user's code may also raise CancelledError or GeneratorExit by itself; then the caller goes on.
    """
    try:
        task = asyncio.current_task()
    except RuntimeError:  # without a running loop, a coroutine runs only while it is closed
        task = None
    return task.cancelling() > 0 if task is not None else isinstance(fault, GeneratorExit)


class Guarded:
    """A callback of the user's that cannot break its caller: what it raises goes to `failed`, so that other callbacks are called too.

    Two of them are equal if their callbacks are, so that traitlets finds the one that the user takes back.

    Args:
        callback: the user's.
        failed: gets what the callback raised; may raise it again.
    """

    def __init__(self, callback: Callable[..., Any], failed: Callable[[BaseException], None]) -> None:
        self._callback = callback
        self._failed = failed

    def __call__(self, *args: Any) -> Any:
        """Call the callback; returns None if it raised."""
        try:
            return self._callback(*args)
        except BaseException as fault:  # noqa: BLE001 - see above
            self._failed(fault)
            return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guarded) and self._callback == other._callback

    def __hash__(self) -> int:
        return hash(self._callback)
