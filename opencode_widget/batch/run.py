"""Runs jobs, so many at a time, on the caller's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from ..errors import Closed, OpenCodeError, SessionFailed
from .answers import Answer
from .jobs import Job, Settings
from .journal import Journal
from .places import Place
from .progress import Progress


class Run:
    """One run of a batch.

    Args:
        jobs: those that are left.
        settings: how they are done.
        place: does them.
        journal: keeps what comes of them.
        progress: shows it.

    Attributes:
        answers: those that there are, by the numbers of their jobs.
    """

    def __init__(
        self, jobs: Sequence[Job], settings: Settings, place: Place, journal: Journal, progress: Progress
    ) -> None:
        self.answers: dict[int, Answer] = {}
        self._jobs = jobs
        self._settings = settings
        self._place = place
        self._journal = journal
        self._progress = progress
        self._workers: list[asyncio.Future[None]] = []
        self._stopped = False

    async def finish(self) -> None:
        """Do all jobs. Cancelling it stops the turns that run.

        Raises:
            CancelledError: the user stopped the batch in the widget.
            OpenCodeError: a job failed, and `on_error` is "raise"; or the widget was closed.
            OSError: the journal cannot be written.
        """
        queue = iter(self._jobs)
        workers = self._workers = [
            asyncio.ensure_future(self._work(queue))
            for _ in range(min(self._settings.concurrency or len(self._jobs), len(self._jobs)))
        ]
        loop = asyncio.get_running_loop()
        self._progress.begin(lambda: loop.call_soon_threadsafe(self._stop))
        try:
            if workers:
                done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
                if self._stopped:
                    raise asyncio.CancelledError("The batch was stopped in the widget. With a journal, it can go on.")
                for worker in done:
                    worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._journal.close()
            await self._place.close()
            self._progress.close()

    def _stop(self) -> None:
        self._stopped = True
        for worker in self._workers:
            worker.cancel()

    async def _work(self, queue: Iterator[Job]) -> None:
        for job in queue:
            found, wrong = await self._place.do(job, self._settings)
            self.answers[job.number] = found
            await self._journal.write(found)
            self._progress.add(found)
            if isinstance(wrong, Closed) or (wrong is not None and self._settings.on_error == "raise"):
                raise wrong if isinstance(wrong, OpenCodeError) else SessionFailed(wrong.message, remedy=wrong.remedy)
