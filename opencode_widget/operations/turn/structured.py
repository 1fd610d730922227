"""An answer of a given shape: the agent is told the shape, and asked once more if its answer does not have it.

The shape goes with the prompt's text, which any server and any model takes. OpenCode 1.x has a `format` of its own for prompts, which
makes the model call a tool; models that think refuse to be made to, so it is not used.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ...errors import AnswerTimeout, SchemaMismatch, SessionFailed
from ...model.state import Message
from ...sync.runtime import InstanceRuntime
from ..options import PromptOptions
from . import ask
from .interrupt import Interruptible
from .shapes import Misfit, Shape, json_in
from .unattended import Unattended

REPAIR = "Your answer cannot be used: {problem}.\n\n{instruction}"


class StructuredMessage(Message):
    """An answer that has the shape that was asked for; `data` is its value."""

    __slots__ = ("_data", "raw")

    def __init__(self, message: Message, raw: Any, data: Any) -> None:
        super().__init__(message.info, message.origin, message.key)
        self.state, self.by_id, self.place = message.state, message.by_id, message.place
        self.raw = raw
        self._data = data

    @property
    def data(self) -> Any:
        """The value, checked: of a JSON schema as JSON has it, of a type as an object of that type."""
        return self._data


async def ask_for(
    runtime: InstanceRuntime,
    session_id: str,
    text: str,
    shape: Shape,
    options: PromptOptions,
    *,
    timeout: float | None = None,
    unattended: Unattended = "wait",
    interruptible: Interruptible | None = None,
) -> StructuredMessage:
    """Send a prompt, and wait for an answer that has a shape; see `ask`. On the home loop.

    Raises:
        SchemaMismatch: neither the first answer nor the second one has it.
        SessionFailed: the turn failed; the message has the reason.
    """
    loop = asyncio.get_running_loop()
    end = None if timeout is None else loop.time() + timeout
    prompt = f"{text}\n\n{shape.instruction}"
    problem = last = ""
    for _ in range(2):
        left = None if end is None else max(0.0, end - loop.time())
        try:
            message = await ask(
                runtime, session_id, prompt, options, timeout=left, unattended=unattended, interruptible=interruptible
            )
        except AnswerTimeout as error:
            raise AnswerTimeout(f"The answer did not end within {timeout:g} s.", remedy=error.remedy) from None
        if message.error is not None:
            raise SessionFailed(message.error.message, remedy=message.error.remedy)
        try:
            raw = json_in(message.text)
            return StructuredMessage(message, raw, shape.check(raw))
        except Misfit as misfit:
            problem, last = str(misfit), message.text
            prompt = REPAIR.format(problem=problem, instruction=shape.instruction)
            options = PromptOptions(options.agent, options.model, options.variant)
    raise SchemaMismatch(
        f"The answer does not fit the schema, though it was asked for twice: {problem}.",
        remedy="Make the schema simpler, or ask another model.",
        text=last,
    )
