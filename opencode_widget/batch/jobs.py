"""Prompts, models, agents and repetitions -> jobs; and what is wrong with them, before anything is sent."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import BadBatch
from ..model.entities import Catalogue
from ..operations.options import unknown
from ..operations.turn.shapes import Shape
from ..operations.turn.unattended import Unattended, checked
from ..server.api import Attachment
from .given import Given, Prompts

OnError = Literal["keep", "raise"]


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt to one model and agent.

    Attributes:
        number: its place in the batch, from 0.
        row: the number of its prompt among those that the user gave, from 0.
        prompt: the text.
        model: "provider/id"; None: the server's choice.
        agent: the name of an agent; None: the server's choice.
        folder: as the user named it; None: the active instance's.
        repeat: which repetition it is, from 1.
    """

    number: int
    row: int
    prompt: str
    model: str | None
    agent: str | None
    folder: str | None
    repeat: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch is run; see `OpenCode.batch`."""

    concurrency: int | None = None
    timeout: float | None = None
    on_error: OnError = "keep"
    unattended: Unattended = "reject"
    files: tuple[Attachment, ...] = ()
    shape: Shape | None = None

    def __post_init__(self) -> None:
        if self.concurrency is not None:
            whole_number("concurrency", self.concurrency)
        checked(self.unattended)
        if self.on_error not in ("keep", "raise"):
            raise BadBatch(f"on_error is one of 'keep', 'raise', not {self.on_error!r}.")
        if self.timeout is not None and not (is_number(self.timeout) and self.timeout > 0):
            raise BadBatch(f"timeout is a number of seconds above 0, or None, not {self.timeout!r}.")


def is_number(value: object) -> bool:
    """Is it a number, and no truth value?"""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole_number(name: str, value: object) -> int:
    """Check a count.

    Raises:
        BadBatch: it is no whole number, or less than 1.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadBatch(f"{name} is a whole number from 1, not {value!r}.")
    return value


def choices(name: str, given: object) -> tuple[str | None, ...]:
    """The models or agents of a batch, each once; (None,) where the server chooses.

    Raises:
        BadBatch: they are no list of names, or an empty one.
    """
    if given is None:
        return (None,)
    found = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    strange = next((item for item in found if not (item is None or (isinstance(item, str) and item))), None)
    if strange is not None:
        raise BadBatch(f"`{name}` is a list of names, and {strange!r} is none.")
    if not found:
        raise BadBatch(
            f"`{name}` is an empty list.", remedy="Name at least one, or leave it out for the server's choice."
        )
    return tuple(dict.fromkeys(found))


def jobs(
    prompts: Prompts,
    models: Sequence[str | None],
    agents: Sequence[str | None],
    repeat: int,
    folders: Iterable[str | None],
) -> tuple[Job, ...]:
    """Every prompt with every model, agent and repetition, in this order; what a row names itself goes before those of the batch."""
    found: list[Job] = []
    for row, (given, folder) in enumerate(zip(prompts.rows, folders, strict=True)):
        for model, agent, number in itertools.product(*_variants(given, models, agents), range(1, repeat + 1)):
            found.append(Job(len(found), row, given.prompt, model, agent, given.folder or folder, number))
    return tuple(found)


def _variants(
    given: Given, models: Sequence[str | None], agents: Sequence[str | None]
) -> tuple[Sequence[str | None], Sequence[str | None]]:
    return (given.model,) if given.model else models, (given.agent,) if given.agent else agents


def check(wanted: Iterable[Job], catalogue: Catalogue) -> None:
    """Check that the server has the models and agents of jobs; not where it names none.

    Raises:
        BadBatch: it has not; the message names similar ones.
    """
    able = replace(catalogue, agents=tuple(agent for agent in catalogue.agents if agent.takes_prompts))
    for job in wanted:
        if (problem := unknown(able, job.agent, job.model)) is not None:
            raise BadBatch(problem.message, remedy=problem.remedy)


def digest(every: Iterable[Job], files: Iterable[Attachment] = (), shape: Shape | None = None) -> str:
    """What a batch asks for, in short: another batch has another one."""
    asked = [[job.prompt, job.model, job.agent, job.folder, job.repeat] for job in every]
    sent = [[file.mime, file.filename, hashlib.sha256(file.url.encode()).hexdigest()] for file in files]
    written = json.dumps([asked, sent, None if shape is None else shape.schema], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]
