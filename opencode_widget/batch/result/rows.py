"""A row of a batch's result."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ...operations.turn.shapes import Shape
from ..answers import Answer
from ..jobs import Job

# A column that is there where a schema was given.
DATA = "data"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One prompt to one model, and what came of it.

    Attributes:
        prompt: the prompt.
        model: the model that answered, "provider/id"; what was asked for if none did; None: the server's choice, of which it said nothing.
        agent: the agent that answered; as `model`.
        folder: as it was given; None: that of the instance.
        repeat: which repetition it is, from 1.
        text: the answer; what there was of it if the turn failed.
        tokens: all that were read and written, by sub-agents too; so are `input`, `output`, `cost` and `tools`.
        input: tokens that the models read, with those of the cache.
        output: tokens that they wrote, with those for themselves.
        cost: in dollars; None where the server does not say.
        seconds: from the prompt to the end of its turn.
        tools: the tools that were called, in order, with commas between them.
        error: why there is no answer, or no whole one; None if all went well.
        session: the id of its session, for `oc.instances[0].session(id)`; None if none was made.
        data: the value of the answer, where `schema` was given and the answer fits it; None otherwise.
    """

    prompt: str
    model: str | None
    agent: str | None
    folder: str | None
    repeat: int
    text: str
    tokens: int
    input: int
    output: int
    cost: float | None
    seconds: float
    tools: str
    error: str | None
    session: str | None
    data: Any = None


COLUMNS = tuple(item.name for item in fields(BatchRow) if item.name != DATA)


def row_of(job: Job, answer: Answer, shape: Shape | None = None) -> BatchRow:
    """The row of a job and its answer."""
    return BatchRow(
        prompt=job.prompt,
        model=answer.model,
        agent=answer.agent,
        folder=job.folder,
        repeat=job.repeat,
        text=answer.text,
        tokens=answer.input + answer.output,
        input=answer.input,
        output=answer.output,
        cost=answer.cost,
        seconds=answer.seconds,
        tools=answer.tools,
        error=answer.error,
        session=answer.session,
        data=None if shape is None or answer.error is not None else shape.check(answer.data),
    )
