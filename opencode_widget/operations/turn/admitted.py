"""An input that the server only admits (2.x): a slash command or a compaction, whose turn follows, and whose end its answer does not tell.

1. The answer does not name the message that the input becomes. It is the first of its kind (a prompt, or a summary) that the session
   did not have before the call.
2. The server publishes the message before its turn, but maybe after its answer. A session that is idle for GRACE seconds without it is
   fetched again; if the message is not there either, there was nothing to do, or the session has an error that says why not.
3. The turn of a prompt ends as all turns do, see `__init__.py`. A compaction ends with its summary; it may run within another turn.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from ...errors import SessionFailed
from ...model import events as e
from ...model.entities import Problem, Role
from ...model.reduce.message_state import is_running
from ...model.state import Message
from ...server.api import Admitted
from ...sync.runtime import InstanceRuntime
from . import GRACE, Turn


class AdmittedInput:
    """Follows an input from before it is sent to the end of its turn. A context manager; on the home loop.

    Args:
        runtime: the instance.
        session_id: the session that the input goes to, whose messages are kept.
    """

    def __init__(self, runtime: InstanceRuntime, session_id: str) -> None:
        self._runtime = runtime
        self._session_id = session_id
        self._turn = Turn(runtime, session_id, self._hear)
        self._problem: Problem | None = None
        self._known: set[str] = set()

    def __enter__(self) -> Self:
        self._turn.__enter__()
        self._known.update(self._runtime.session(self._session_id).ids)
        return self

    def __exit__(self, *_: object) -> None:
        self._turn.__exit__()

    def _hear(self, event: e.Event) -> None:
        if isinstance(event, e.SessionErrored):
            self._problem = event.problem

    async def end(self, admitted: Admitted) -> None:
        """Wait for the end of the turn.

        Raises:
            SessionFailed: the turn failed, or the session was deleted.
            OpenCodeError: see `Turn.end`.
        """
        message = await self._message(admitted)
        if message is None:
            _check(self._problem)
        elif admitted is Admitted.PROMPT:
            self._turn.prompt = message.id
            await self._turn.end()
        else:
            await self._summary(message.id)

    async def _message(self, admitted: Admitted) -> Message | None:
        """The message that the input became (rules 1 and 2)."""
        condition = self._runtime.condition
        while True:
            await condition.wait_for(lambda: self._turn.is_at_rest() or self._find(admitted) is not None)
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await condition.wait_for(lambda: self._find(admitted) is not None or not self._turn.is_at_rest())
                if (found := self._find(admitted)) is not None:
                    return found
                continue
            await self._turn.fetch()
            return self._find(admitted)

    def _find(self, admitted: Admitted) -> Message | None:
        session = self._runtime.session(self._session_id)
        new = (message for message in session if message.id not in self._known and not message.local)
        return next((message for message in new if _is(message, admitted)), None)

    async def _summary(self, id: str) -> None:
        """Wait for the end of a compaction. A summary that has none GRACE seconds after its turn was interrupted."""
        condition, messages = self._runtime.condition, self._runtime.session(self._session_id).messages

        def has_ended() -> bool:
            return id not in messages or not is_running(messages[id])

        await condition.wait_for(lambda: self._turn.is_at_rest() or has_ended())
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await condition.wait_for(has_ended)
        _check(messages[id].error if id in messages else None)


def _check(problem: Problem | None) -> None:
    if problem is not None:
        raise SessionFailed(f"{problem.name}: {problem.message}", remedy=problem.remedy)


def _is(message: Message, admitted: Admitted) -> bool:
    if admitted is Admitted.SUMMARY:
        return message.info.summary
    return message.role is Role.USER and any(part.kind == "text" for part in message.parts)
