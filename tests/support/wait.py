"""Waiting with a deadline, for what has no event to wait on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY = 0.02


async def eventually(look: Callable[[], T], *, within: float = 30.0, what: str = "the condition") -> T:
    """Look until the answer is true, and return it.

    Raises:
        AssertionError: it was not true within `within` seconds.
    """
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"{what} did not come true within {within} s; last seen: {seen!r}"
        await asyncio.sleep(LOOK_EVERY)
    return seen


async def eventually_async(look: Callable[[], Awaitable[T]], *, within: float = 30.0, what: str = "the condition") -> T:
    """Like `eventually`, for a look that is a coroutine."""
    deadline = time.monotonic() + within
    while not (seen := await look()):
        assert time.monotonic() < deadline, f"{what} did not come true within {within} s; last seen: {seen!r}"
        await asyncio.sleep(LOOK_EVERY)
    return seen
