"""What `OpenCode.batch` and `OpenCode.compare` do: read, check, run, and make a table of it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..context.sending import context_of
from ..operations.files.attachments import File, read
from ..operations.options import prompt_text
from ..operations.turn.shapes import shape_of
from ..operations.turn.unattended import Unattended
from ..server.api import Attachment
from ..sync.runtime import InstanceRuntime
from . import given
from .folders import Folders
from .folders import Host as HasInstances
from .given import Prompts
from .jobs import Job, OnError, Settings, choices, digest, jobs, whole_number
from .journal import Journal
from .places import Here, Place, workers
from .progress import Batches, Progress
from .result.table import BatchTable
from .run import Run

# Turns of a batch that run at the same time, where the user does not say how many.
AT_ONCE = 4
# Models that a comparison asks at the same time.
TOGETHER = 8


class Host(HasInstances, Protocol):
    """Has the instances of a widget, and shows its batches."""

    @property
    def batches(self) -> Batches: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is asked, how often, and where; see `OpenCode.batch`."""

    models: object = None
    agents: object = None
    repeat: int = 1
    folder: object = None

    def jobs(self, prompts: Prompts) -> tuple[Job, ...]:
        """The jobs of these prompts.

        Raises:
            BadBatch: something of it makes no sense.
        """
        models, agents = choices("models", self.models), choices("agents", self.agents)
        folders = given.folders(self.folder, len(prompts.rows))
        return jobs(prompts, models, agents, whole_number("repeat", self.repeat), folders)


@dataclass(frozen=True, slots=True)
class How:
    """How each prompt is asked, as the user gave it; see `OpenCode.batch`."""

    concurrency: int | None = None
    timeout: float | None = None
    on_error: OnError = "keep"
    unattended: Unattended = "reject"
    files: Sequence[File] = ()
    attach: Sequence[object] = ()
    schema: object = None

    async def settings(self, at_once: int | None, prompt: str = "") -> Settings:
        """Check it, and read the files.

        Args:
            at_once: how many turns run at the same time, where the user does not say how many.
            prompt: a text whose names are described and go with it.

        Raises:
            ValueError: a choice is none, or `schema` is no valid one.
            NotSupported: the library that checks `schema` is not installed.
            OpenCodeError: a file or an object cannot be sent along; see `sent_along`.
        """
        at_once = at_once if self.concurrency is None else self.concurrency
        shape = await shape_of(self.schema)
        settings = Settings(at_once, self.timeout, self.on_error, self.unattended, shape=shape)
        return replace(settings, files=await sent_along(self.files, self.attach, prompt))


async def batch(
    host: Host,
    active: InstanceRuntime,
    prompts: object,
    wanted: Wanted,
    how: How,
    *,
    journal: str | os.PathLike[str] | None = None,
    progress: bool = True,
    executor: object = None,
) -> BatchTable:
    """Ask many prompts; see `OpenCode.batch`.

    Args:
        host: has the instances.
        active: the instance of the prompts that name no folder.
        prompts: what the user gave.
        wanted: who is asked.
        how: how.
        journal: the file that keeps the answers.
        progress: whether a bar is shown.
        executor: does the work; None: the widget.
    """
    rows = given.read(prompts)
    settings = await how.settings(AT_ONCE if executor is None else None)
    return await asked(host, active, rows, wanted, settings, journal=journal, progress=progress, executor=executor)


async def compare(
    host: Host, active: InstanceRuntime, prompt: str, wanted: Wanted, how: How, *, progress: bool = True
) -> BatchTable:
    """Ask several models or agents the same prompt; see `OpenCode.compare`.

    Args:
        host: has the instances.
        active: the instance that is asked.
        prompt: what the user gave.
        wanted: who is asked.
        how: how.
        progress: whether a bar is shown.
    """
    rows = one(prompt)
    return await asked(host, active, rows, wanted, await how.settings(TOGETHER, prompt), progress=progress)


async def asked(
    host: Host,
    active: InstanceRuntime,
    prompts: Prompts,
    wanted: Wanted,
    settings: Settings,
    *,
    journal: str | os.PathLike[str] | None = None,
    progress: bool = True,
    executor: object = None,
) -> BatchTable:
    """Ask all prompts.

    Args:
        host: has the instances.
        active: the instance of the prompts that name no folder.
        prompts: those that were read.
        wanted: who is asked.
        settings: how.
        journal: the file that keeps the answers.
        progress: whether a bar is shown.
        executor: does the work; None: the widget.
    """
    began = time.monotonic()
    every = wanted.jobs(prompts)
    kept = Journal(journal, digest(every, settings.files, settings.shape), every)
    answers = await kept.open()
    left = [job for job in every if job.number not in answers]
    folders = Folders(host, active, left)
    await folders.check(left)
    place: Place = Here(folders) if executor is None else await workers(executor, active, settings)
    shown = Progress(len(every), len(answers), shown=progress, batches=host.batches)
    run = Run(left, settings, place, kept, shown)
    await run.finish()
    answers.update(run.answers)
    extra = [row.extra for row in prompts.rows]
    return BatchTable(
        every,
        [answers[job.number] for job in every],
        extra,
        prompts.library,
        settings.shape,
        seconds=time.monotonic() - began,
    )


async def sent_along(files: Sequence[File], attach: Sequence[object], prompt: str = "") -> tuple[Attachment, ...]:
    """The files that go with each prompt: those that are named, and the descriptions of objects.

    Args:
        files: paths, or Attachments that are complete already.
        attach: objects.
        prompt: a text whose names (`@var:df`) are described too.

    Raises:
        BadAttachment: a file cannot be read, or the files are too large together.
        UnknownName: a name in the prompt stands for nothing.
        CannotDescribe: an object cannot be described within the bounds.
    """
    described = await context_of(prompt, attach)
    return await asyncio.to_thread(read, (*files, *described)) if files or described else ()


def one(prompt: object) -> Prompts:
    """The prompt of a comparison.

    Raises:
        TypeError: it is no string.
        ValueError: it is empty.
    """
    return given.read([prompt_text(prompt)])
