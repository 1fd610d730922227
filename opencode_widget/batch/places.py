"""Where jobs are done: in the instances of the widget, or by the workers of an executor."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import Executor
from typing import Any, Protocol

from ..errors import BadBatch, OpenCodeError, SessionFailed
from ..notebook.interrupt import hearing_stop
from ..sync.runtime import InstanceRuntime
from . import worker
from .answers import Answer, Outcome, answer, answered
from .folders import Folders
from .jobs import Job, Settings
from .recipes import Recipe, recipe

# Seconds that a batch which is stopped waits for its turns to be stopped.
STOPS = 5.0


class Place(Protocol):
    """Does jobs."""

    async def do(self, job: Job, settings: Settings) -> Outcome:
        """Do a job. Cancelling it stops its turn, where that can be reached."""

    async def close(self) -> None:
        """No more jobs come."""


class Here:
    """The instances of the widget."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    async def do(self, job: Job, settings: Settings) -> Outcome:
        """Do a job in the instance of its folder."""
        try:
            runtime = await self._folders.instance(job)
            return await _on_home(runtime, job, settings)
        except OpenCodeError as error:
            return answer(job, None, (), 0.0, error), error
        finally:
            await self._folders.done(job)

    async def close(self) -> None:
        """Close the instances of other folders."""
        await self._folders.close()


async def _on_home(runtime: InstanceRuntime, job: Job, settings: Settings) -> Outcome:
    """Have a job done on the home loop. Where that is another one, a cancelled caller waits until the turn is stopped."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    async def work() -> Outcome:
        try:
            return await answered(runtime, job, settings)
        finally:
            loop.call_soon_threadsafe(over.set)

    try:
        return await runtime.loop.run(work())
    except asyncio.CancelledError:
        await asyncio.wait([asyncio.ensure_future(over.wait())], timeout=STOPS)
        raise


class Workers:
    """The workers of an executor. Each process of them starts a server of its own, or attaches to the same.

    Args:
        executor: submits the jobs.
        recipe: how the workers reach a server.
    """

    def __init__(self, executor: Executor, recipe: Recipe) -> None:
        self._executor = executor
        self._recipe = recipe
        self._key = secrets.token_hex(8)

    async def do(self, job: Job, settings: Settings) -> Outcome:
        """Have a worker do a job. A stop reaches those of this process; elsewhere a turn that has begun goes on."""
        try:
            future = await asyncio.to_thread(self._executor.submit, worker.work, self._key, self._recipe, job, settings)
            with hearing_stop():
                found: Answer = await asyncio.wrap_future(future)
        except Exception as fault:  # noqa: BLE001 - whatever ends a worker, or cannot be pickled, stands in the row
            wrong = SessionFailed(f"The worker failed: {type(fault).__name__}: {fault}")
            return answer(job, None, (), 0.0, wrong), wrong
        return found, None if found.error is None else SessionFailed(found.error)

    async def close(self) -> None:
        """Close the worker of this process."""
        await asyncio.to_thread(worker.close, self._key)


async def workers(given: Any, active: InstanceRuntime, settings: Settings) -> Workers:
    """The workers of what the user gave as `executor`.

    Raises:
        BadBatch: it is no executor; or nobody could answer what its workers would wait for.
        OpenCodeError: the server cannot be reached.
    """
    executor = given.get_executor(pure=False) if hasattr(given, "get_executor") else given
    if not isinstance(executor, Executor):
        raise BadBatch(
            f"`executor` is an Executor of concurrent.futures or a Client of dask.distributed, not {type(given).__name__}."
        )
    if settings.unattended == "wait":
        raise BadBatch(
            "Nobody can answer an agent in a worker, so it cannot wait for an answer.",
            remedy='Choose unattended="reject" or unattended="raise".',
        )
    return Workers(executor, await active.loop.run(recipe(active.endpoint)))
