"""What runs in a worker of an executor: one connection to a server for each process and recipe, and the jobs that come.

A worker has no page and no policies, so nobody there can answer an agent. What it started ends when no job has come for a while, when the
batch has ended (in the process of the notebook), and with its process.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import threading

from ..api.instance import Instance
from ..errors import OpenCodeError
from ..server.endpoints import Endpoint
from ..sync.event_loop import BackgroundResult, HomeLoop
from ..sync.runtime import InstanceRuntime
from .answers import Answer, answer, answered
from .folders import Folders
from .jobs import Job, Settings
from .recipes import Recipe

# Seconds without a job after which a worker closes its connection, and the server that it started.
IDLE = 60.0
# Seconds for which a closing worker waits for its server's end.
CLOSES = 10.0


class Worker:
    """The connection of this process to one server. `instances`, `add`: as the host of the folders that jobs name."""

    def __init__(self, recipe: Recipe) -> None:
        self.instances: dict[str, InstanceRuntime] = {}
        self._numbers = itertools.count()
        self._home = HomeLoop(background=True)
        self._runtime = self._made(recipe.endpoint())
        self._running: set[asyncio.Task[Answer]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def _made(self, endpoint: Endpoint) -> InstanceRuntime:
        runtime = InstanceRuntime(f"w{next(self._numbers)}", self._home, endpoint, _nobody)
        self.instances[runtime.id] = runtime
        self._home.call(runtime.start)
        return runtime

    def add(self, endpoint: Endpoint, *, select: bool = True) -> Instance:
        """An instance of another folder."""
        runtime = self._made(endpoint)

        def close() -> BackgroundResult[None]:
            self.instances.pop(runtime.id, None)
            return self._home.start(runtime.close())

        return Instance(runtime, close)

    def run(self, job: Job, settings: Settings) -> Answer:
        """Do a job; the caller's thread waits for it."""
        return asyncio.run_coroutine_threadsafe(self._run(job, settings), self._home.loop).result()

    async def _run(self, job: Job, settings: Settings) -> Answer:
        if self._timer is not None:
            self._timer.cancel()
        task = self._home.spawn(self._done(job, settings))
        self._running.add(task)
        try:
            return await task
        finally:
            self._running.discard(task)
            if not self._running:
                self._timer = self._home.loop.call_later(IDLE, self._end_in_thread)

    async def _done(self, job: Job, settings: Settings) -> Answer:
        folders = Folders(self, self._runtime, [job])
        try:
            await self._runtime.ready()
            runtime = await folders.instance(job)
            return (await answered(runtime, job, settings))[0]
        except OpenCodeError as error:
            return answer(job, None, (), 0.0, error)
        finally:
            await folders.close()

    def _end_in_thread(self) -> None:
        if not self._running:
            threading.Thread(target=_close, args=(self,), daemon=True).start()

    def close(self) -> None:
        """Stop the turns that run, disconnect, and end the server if it is ours. From another thread."""
        if self._home.is_over:
            return
        try:
            asyncio.run_coroutine_threadsafe(self._close(), self._home.loop).result(CLOSES)
        except TimeoutError:
            self.close_now()
        self._home.stop()

    async def _close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.gather(*(runtime.close() for runtime in self.instances.values()), return_exceptions=True)

    def close_now(self) -> None:
        """End the server without a loop: the process ends."""
        for runtime in list(self.instances.values()):
            runtime.endpoint.release_now()


def _nobody(*, summary: bool) -> None:
    """No page shows what a worker does."""


_workers: dict[str, Worker] = {}
_lock = threading.Lock()


def work(key: str, recipe: Recipe, job: Job, settings: Settings) -> Answer:
    """Do a job in this process.

    Args:
        key: stands for the recipe, in one batch.
        recipe: how to reach the server.
        job: what to do.
        settings: how.
    """
    with _lock:
        worker = _workers.get(key)
        if worker is None:
            worker = _workers[key] = Worker(recipe)
    return worker.run(job, settings)


def _close(worker: Worker) -> None:
    with _lock:
        for key in [key for key, item in _workers.items() if item is worker]:
            del _workers[key]
    worker.close()


def close(key: str) -> None:
    """Close the worker of this process, if there is one; those of other processes close themselves."""
    with _lock:
        worker = _workers.pop(key, None)
    if worker is not None:
        worker.close()


@atexit.register
def _close_all() -> None:
    for worker in list(_workers.values()):
        worker.close_now()
