"""Code of the user's that we call: policies, observers, listeners. It may raise anything, and what calls it must go on.

asyncio takes an Exception for the failure of one task. KeyboardInterrupt and SystemExit end the whole loop, and the notebook's loop is the
kernel: a policy that calls `input()` and is interrupted, or one that calls `sys.exit()`, would take the kernel with it. So whoever calls
code of the user's catches BaseException, says what happened, and goes on. An interrupt of the user's own cell is not ours to catch.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger("opencode_widget")


def log_fault(what: str, fault: BaseException) -> None:
    """Log what failed, with the traceback. Writing that runs code of the user's too, such as the exception's `__notes__`."""
    try:
        log.error("%s", what, exc_info=fault)
    except BaseException:  # noqa: BLE001 - see above
        log.error("%s (its traceback cannot be written)", what)


def is_ours_to_leave(fault: BaseException) -> bool:
    """Was the coroutine that we are in ended from outside, by cancelling its task or by closing it?

    Code of the user's may also raise CancelledError or GeneratorExit by itself, which ends nothing.
    """
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs: the coroutine is being closed
        task = None
    return task.cancelling() > 0 if task is not None else isinstance(fault, GeneratorExit)


class Guarded:
    """A callback of the user's. What it raises is handed on, and never reaches whoever calls it, so that other callbacks are called too.

    Equal to another one of the same callback, so that it can be found again and taken back.

    Args:
        callback: of the user's.
        failed: is told what the callback raised; may raise it again.
    """

    def __init__(self, callback: Callable[..., Any], failed: Callable[[BaseException], None]) -> None:
        self._callback = callback
        self._failed = failed

    def __call__(self, *args: Any) -> Any:
        """Call it; None where it raised."""
        try:
            return self._callback(*args)
        except BaseException as fault:  # noqa: BLE001 - see above
            self._failed(fault)
            return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guarded) and self._callback == other._callback

    def __hash__(self) -> int:
        return hash(self._callback)
