"""Waiting without losing a cancellation.

`asyncio.gather` forgets that it was cancelled where one of its parts has failed in the same moment: it tells of the failure alone. Who
passes over failures goes on then, and whoever waits for its end does so for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


async def cancellable(gathered: Awaitable[Result]) -> Result:
    """Wait for what `asyncio.gather` returned, and return it.

    Raises:
        CancelledError: it was cancelled meanwhile, also if a part failed.
        Exception: what the first part that failed has raised.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        return await gathered
    except Exception:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError from None
        raise
