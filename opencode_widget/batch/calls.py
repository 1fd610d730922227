"""What `OpenCode.batch` and `OpenCode.compare` do: read, check, run, and make a table of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..context.sending import context_of
from ..operations.files.attachments import File, read
from ..operations.options import prompt_text
from ..server.api import Attachment
from ..sync.runtime import InstanceRuntime
from . import given
from .folders import Folders, Host
from .given import Prompts
from .jobs import Job, Settings, choices, digest, jobs, whole_number
from .journal import Journal
from .places import Here, Place, workers
from .progress import Progress
from .result.table import BatchTable
from .run import Run


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


async def batch(
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
    """Ask all prompts; see `OpenCode.batch`.

    Args:
        host: has the instances.
        active: the instance of the prompts that name no folder.
        prompts: what the user gave.
        wanted: who is asked.
        settings: how.
        journal: the file that keeps the answers.
        progress: whether a bar is shown.
        executor: does the work; None: the widget.
    """
    every = wanted.jobs(prompts)
    kept = Journal(journal, digest(every, settings.files, settings.shape), every)
    answers = await kept.open()
    left = [job for job in every if job.number not in answers]
    folders = Folders(host, active, left)
    await folders.check(left)
    place: Place = Here(folders) if executor is None else await workers(executor, active, settings)
    run = Run(left, settings, place, kept, Progress(len(every), len(answers), shown=progress))
    await run.finish()
    answers.update(run.answers)
    extra = [row.extra for row in prompts.rows]
    return BatchTable(every, [answers[job.number] for job in every], extra, prompts.library, settings.shape)


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
