"""Runs jobs, so many at a time, on the caller's loop; each of them is done on the home loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from ..errors import Closed, OpenCodeError, SessionFailed
from ..sync.runtime import InstanceRuntime
from .answers import Answer, Outcome, answer, answered
from .folders import Folders
from .jobs import Job, Settings
from .journal import Journal
from .progress import Progress

# Seconds that a batch which is stopped waits for its turns to be stopped.
STOPS = 5.0


class Run:
    """One run of a batch.

    Args:
        jobs: those that are left.
        settings: how they are done.
        folders: gives them their instances.
        journal: keeps what comes of them.
        progress: shows it.

    Attributes:
        answers: those that there are, by the numbers of their jobs.
    """

    def __init__(
        self, jobs: Sequence[Job], settings: Settings, folders: Folders, journal: Journal, progress: Progress
    ) -> None:
        self.answers: dict[int, Answer] = {}
        self._jobs = jobs
        self._settings = settings
        self._folders = folders
        self._journal = journal
        self._progress = progress

    async def finish(self) -> None:
        """Do all jobs. Cancelling it stops the turns that run.

        Raises:
            OpenCodeError: a job failed, and `on_error` is "raise"; or the widget was closed.
            OSError: the journal cannot be written.
        """
        queue = iter(self._jobs)
        workers = [
            asyncio.ensure_future(self._work(queue)) for _ in range(min(self._settings.concurrency, len(self._jobs)))
        ]
        try:
            if workers:
                done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
                for worker in done:
                    worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._journal.close()
            await self._folders.close()
            self._progress.close()

    async def _work(self, queue: Iterator[Job]) -> None:
        for job in queue:
            found, wrong = await self._done(job)
            self.answers[job.number] = found
            await self._journal.write(found)
            self._progress.add(found)
            await self._folders.done(job)
            if isinstance(wrong, Closed) or (wrong is not None and self._settings.on_error == "raise"):
                raise wrong if isinstance(wrong, OpenCodeError) else SessionFailed(wrong.message, remedy=wrong.remedy)

    async def _done(self, job: Job) -> Outcome:
        try:
            runtime = await self._folders.instance(job)
            return await _on_home(runtime, job, self._settings)
        except OpenCodeError as error:
            return answer(job, None, (), 0.0, error), error


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
