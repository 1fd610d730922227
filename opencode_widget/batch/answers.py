"""One job: a session of its own, its prompt, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..api.usage import Usage
from ..errors import AnswerTimeout, NobodyAnswers, OpenCodeError
from ..model.entities import Problem, Role
from ..model.render.visible import one_line
from ..model.state import HistoryState, Message, Session
from ..operations import turn
from ..operations.options import PromptOptions
from ..operations.turn.interrupt import Interruptible
from ..operations.turn.structured import StructuredMessage, ask_for
from ..sync.runtime import InstanceRuntime
from .jobs import Job, Settings

# Characters of a prompt in the title of its session. It has one from the start: a server would ask a model for it.
TITLE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a job.

    Attributes:
        number: of the job.
        text: the answer; what there was of it if the turn failed.
        model: the model that answered; what the job names if none did.
        agent: the agent that answered; what the job names if none did.
        input: tokens that the models read, with those of the cache; sub-agents included, as in `output`, `cost` and `tools`.
        output: tokens that they wrote, with those for themselves.
        cost: in dollars; None where the server does not say.
        seconds: from the prompt to the end of its turn.
        tools: the tools that were called, in order, with commas between them.
        error: why there is no answer, or no whole one; None if all went well.
        session: the id of its session; None if none was made.
        data: the JSON in the answer, where a schema was given and it fits.
    """

    number: int
    text: str = ""
    model: str | None = None
    agent: str | None = None
    input: int = 0
    output: int = 0
    cost: float | None = None
    seconds: float = 0.0
    tools: str = ""
    error: str | None = None
    session: str | None = None
    data: Any = None


# An answer, and what went wrong.
Outcome = tuple[Answer, OpenCodeError | Problem | None]


async def answered(runtime: InstanceRuntime, job: Job, settings: Settings) -> Outcome:
    """Have a job done. On the home loop. Cancelling it stops its turn.

    Returns:
        Its answer, and what went wrong.
    """
    began, session_id = time.monotonic(), None
    wrong: OpenCodeError | Problem | None = None
    messages: list[Message] = []
    data = None
    try:
        session = await runtime.new_session(title(job), select=False)
        session_id = session.id
        message = await _turn(runtime, session_id, job, settings)
        wrong, data = message.error, message.raw if isinstance(message, StructuredMessage) else None
        messages = list(runtime.session(session_id))
    except OpenCodeError as error:
        wrong = error
        if session_id in runtime.state.sessions:
            messages = list(runtime.state.sessions[session_id])
    seconds = time.monotonic() - began
    below = [] if session_id is None else await delegated(runtime, session_id)
    return replace(answer(job, session_id, messages, seconds, wrong, below), data=data), wrong


async def _turn(runtime: InstanceRuntime, session_id: str, job: Job, settings: Settings) -> Message:
    interruptible = Interruptible(runtime, session_id, "continue")
    try:
        options = PromptOptions(job.agent, job.model, files=settings.files)
        how: dict[str, Any] = {
            "timeout": settings.timeout,
            "unattended": settings.unattended,
            "interruptible": interruptible,
        }
        if settings.shape is None:
            return await turn.ask(runtime, session_id, job.prompt, options, **how)
        return await ask_for(runtime, session_id, job.prompt, settings.shape, options, **how)
    except AnswerTimeout:
        await interruptible.stop()
        raise AnswerTimeout(f"The answer did not end within {settings.timeout:g} s, and was stopped.") from None
    except NobodyAnswers as error:
        await interruptible.stop()
        raise NobodyAnswers(f"{error.message} The turn was stopped.") from None
    except asyncio.CancelledError:
        # Whoever stops a batch may end the loop next: the server has to hear of it before.
        await asyncio.shield(interruptible.stop())
        raise


async def delegated(runtime: InstanceRuntime, session_id: str) -> list[Message]:
    """The messages of a session's sub-agents, and of theirs. The kernel may have dropped some: those are fetched, if they can be."""
    below: dict[str, Session] = {}
    parents = [session_id]
    while parents:
        found = [
            child for child in runtime.state.children(parents.pop()) if child.id not in below and child.id != session_id
        ]
        below.update((child.id, child) for child in found)
        parents.extend(child.id for child in found)
    for child in below.values():
        if child.history_state is not HistoryState.READY and runtime.is_live:
            with suppress(OpenCodeError):
                await runtime.history.open(child.id)
    return [message for child in below.values() for message in child]


def title(job: Job) -> str:
    """The title of a job's session."""
    words = one_line(job.prompt)
    return f"{job.number + 1}. {words if len(words) <= TITLE else f'{words[:TITLE]}…'}"


def answer(
    job: Job,
    session: str | None,
    messages: Iterable[Message],
    seconds: float,
    wrong: OpenCodeError | Problem | None,
    below: Iterable[Message] = (),
) -> Answer:
    """The answer that stands in the messages of a job's session, with what those of its sub-agents (`below`) took."""
    answers = [message for message in messages if message.role is Role.ASSISTANT]
    last = answers[-1] if answers else None
    usage = Usage(sorted((*answers, *below), key=lambda message: message.info.created))
    costs = [step.cost for step in usage if step.cost is not None]
    return Answer(
        number=job.number,
        text=next((message.text for message in reversed(answers) if message.text), ""),
        model=(last.info.model if last is not None else None) or job.model,
        agent=(last.info.agent if last is not None else None) or job.agent,
        input=usage.tokens.input + usage.tokens.cache_read + usage.tokens.cache_write,
        output=usage.tokens.output + usage.tokens.reasoning,
        cost=sum(costs) if costs else None,
        seconds=seconds,
        tools=", ".join(step.tools for step in usage if step.tools),
        error=None if wrong is None else words(wrong),
        session=session,
    )


def words(wrong: OpenCodeError | Problem) -> str:
    """What went wrong, on one line."""
    return one_line(f"{wrong.message} {wrong.remedy}")
