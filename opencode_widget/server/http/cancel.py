"""Cancellation that loses neither itself nor a connection.

asyncio and httpcore each have a case in which the plain `await` is wrong:

1. `asyncio.gather` forgets that it was cancelled where one of its parts failed in the same moment: it raises the failure alone. Code that
   ignores the failure then goes on, and whoever waits for its end waits for ever. `cancellable` restores the cancellation.
2. httpcore closes the dead connections of its pool before each request, and shields that work by `anyio.CancelScope(shield=True)`
   (https://github.com/encode/httpcore/pull/726). Such a shield stops cancellations of anyio scopes, but not `Task.cancel`: the task ends
   within the shield, and connections that were still to be closed stay open (https://github.com/encode/httpcore/pull/922 and, to remove
   the shields, https://github.com/encode/httpcore/pull/927; both open; the pool may also keep a slot for the cancelled request:
   https://github.com/encode/httpcore/issues/830). `Calls` therefore runs each request in a task of its own which nobody but this module
   can reach, and ends it by an anyio scope. When one of these pull requests is released, `Calls.run` can become a plain `await`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, Generic, TypeVar

import anyio

Result = TypeVar("Result")


async def cancellable(gathered: Awaitable[Result]) -> Result:
    """Wait for what `asyncio.gather` returned, and return its result.

    Raises:
        CancelledError: this task was cancelled meanwhile, also if a part failed.
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


class Calls(Generic[Result]):
    """The requests of one connection pool that are under way. Ending one leaves no connection open."""

    def __init__(self) -> None:
        self._scopes: dict[asyncio.Task[Result | None], anyio.CancelScope] = {}

    async def run(self, request: Coroutine[Any, Any, Result]) -> Result | None:
        """Run a request, and return its answer; None where `cancel` ended it.

        Raises:
            CancelledError: the caller was cancelled. The request has ended by then.
        """
        scope = anyio.CancelScope()
        task = asyncio.create_task(_within(scope, request))
        self._scopes[task] = scope
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            scope.cancel()
            await _wait_for_end(task)
            raise
        finally:
            del self._scopes[task]

    async def cancel(self) -> None:
        """End all requests, and wait for their ends."""
        scopes = dict(self._scopes)
        for scope in scopes.values():
            scope.cancel()
        await asyncio.gather(*scopes, return_exceptions=True)


async def _within(scope: anyio.CancelScope, request: Coroutine[Any, Any, Result]) -> Result | None:
    with scope:
        return await request
    return None


async def completed(work: Coroutine[Any, Any, None]) -> None:
    """Run some work to its end even if the caller is cancelled meanwhile.

    Raises:
        CancelledError: the caller was cancelled. The work has ended by then.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await _wait_for_end(task)
        raise


async def _wait_for_end(task: asyncio.Task[Any]) -> None:
    """Wait for a task, and retrieve its exception so that asyncio does not log "exception was never retrieved"."""
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
