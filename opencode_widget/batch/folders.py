"""The instances in which the jobs of a batch are done: the active one, and one for each other folder while a job needs it."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from ..api.instance import Instance
from ..errors import BadBatch
from ..operations import services
from ..server.endpoints import AttachedServer, Endpoint
from ..sync.runtime import InstanceRuntime
from .jobs import Job, check


class Host(Protocol):
    """Has the instances of a widget."""

    @property
    def instances(self) -> dict[str, InstanceRuntime]: ...

    def add(self, endpoint: Endpoint, *, select: bool = True) -> Instance: ...


class Folders:
    """Gives each job its instance.

    Args:
        host: has the instances.
        active: the instance of the jobs that name no folder. Its server serves the other folders too.
        jobs: those that are to be done.
    """

    def __init__(self, host: Host, active: InstanceRuntime, jobs: Iterable[Job]) -> None:
        self._host = host
        self._active = active
        self._left = Counter(job.folder for job in jobs)
        self._opened: dict[str, asyncio.Task[Instance]] = {}

    async def check(self, jobs: Iterable[Job]) -> None:
        """Check what jobs name, before any of them begins. What another folder's own configuration offers is checked when it is opened.

        Raises:
            BadBatch: a folder, a model or an agent is not there.
            OpenCodeError: the server cannot be reached.
        """
        every = list(jobs)
        if self._active.endpoint.owned:
            named = [folder for folder in dict.fromkeys(job.folder for job in every) if folder is not None]
            missing = await asyncio.to_thread(_missing, named)
            if missing is not None:
                raise BadBatch(f"There is no folder {missing!r}. Nothing was sent.")
        home = [job for job in every if job.folder is None]
        if any(job.model or job.agent for job in home):
            check(home, await self._active.loop.run(services.catalogue(self._active)))

    async def instance(self, job: Job) -> InstanceRuntime:
        """The instance of a job.

        Raises:
            OpenCodeError: it cannot be connected, or has no such model or agent.
        """
        if job.folder is None:
            return self._active
        if job.folder not in self._opened:
            self._opened[job.folder] = asyncio.ensure_future(self._open(job.folder))
        instance = await asyncio.shield(self._opened[job.folder])
        await instance.ready()
        runtime = self._host.instances[instance.id]
        if job.model or job.agent:
            check([job], await runtime.loop.run(services.catalogue(runtime)))
        return runtime

    async def _open(self, folder: str) -> Instance:
        endpoint = self._active.endpoint
        address = await self._active.loop.run(endpoint.reach())
        path = await asyncio.to_thread(_absolute, folder) if endpoint.owned else folder
        return self._host.add(AttachedServer(address, path), select=False)

    async def done(self, job: Job) -> None:
        """A job is over: close its instance if no other needs it."""
        self._left[job.folder] -= 1
        if job.folder is not None and not self._left[job.folder]:
            await self._close(job.folder)

    async def close(self) -> None:
        """Close every instance that is still open."""
        for folder in list(self._opened):
            await self._close(folder)

    async def _close(self, folder: str) -> None:
        task = self._opened.pop(folder, None)
        if task is None:
            return
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is None:
            await task.result().close()


def _absolute(folder: str) -> str:
    return str(Path(folder).expanduser().absolute())


def _missing(folders: Iterable[str]) -> str | None:
    return next((folder for folder in folders if not os.path.isdir(os.path.expanduser(folder))), None)  # noqa: PTH111, PTH112 - never raises
