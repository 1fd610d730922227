"""One turn of a session, from its prompt to its end.

The server's event "idle" alone does not end a turn: it may belong to the turn before, may come before the answer's own
end, and may come twice. So a turn has ended when its session is idle and its answer has an end or an error. If the
answer has none although the session is idle, an event may be missing: the status and the messages are fetched again,
and a session that the server still calls busy goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import takewhile
from typing import Any, Self

from ...errors import AnswerTimeout, Closed, NotFound, OpenCodeError, SessionFailed
from ...model import events as e
from ...model.entities import ABORTED, Problem, Role
from ...model.reduce.changes import Change
from ...model.reduce.message_state import is_running
from ...model.requests.cause import cause_of
from ...model.requests.foreign_answers import NAME as ANSWERED_ELSEWHERE
from ...model.state import Message, MessageState, Session
from ...sync.runtime import InstanceRuntime
from ..options import DEFAULTS, PromptOptions
from ..prompts import NO_MODEL, NOTHING_BEGAN, NOTHING_CAME, is_nothing, prompt, without_models
from .interrupt import Interruptible
from .text_growth import TextGrowth
from .unattended import Unattended, Watch

OnEvent = Callable[[e.Event], None]

# Seconds by which the end of an answer may come after its session is idle.
GRACE = 2.0
SEND_AGAIN = "Send the prompt again."
# Notices of our own that do not say why a turn failed, or that `_unanswered` says better.
NO_REASONS = frozenset({ANSWERED_ELSEWHERE, NOTHING_BEGAN.name, NOTHING_CAME.name, NO_MODEL.name})
# The kinds of parts in which a model may have answered without a text.
CONTENT = ("reasoning", "tool", "file")


async def ask(
    runtime: InstanceRuntime,
    session_id: str,
    text: str,
    options: PromptOptions = DEFAULTS,
    *,
    timeout: float | None = None,
    on_event: OnEvent | None = None,
    unattended: Unattended = "wait",
    interruptible: Interruptible | None = None,
) -> Message:
    """Send a prompt and wait until its turn ends. On the home loop.

    Args:
        runtime: the instance.
        session_id: the session that the prompt goes to.
        text: its Markdown.
        options: what the user chose for it.
        timeout: seconds to wait; None: no limit.
        on_event: is called with every event of the session while the turn lasts.
        unattended: what happens where the turn waits for an answer, and nobody can see that; see `unattended.py`.
        interruptible: learns which task sends the prompt.

    Returns:
        The last message of the answer.

    Raises:
        AnswerTimeout: the turn did not end in time; it goes on.
        NobodyAnswers: nobody can see what the turn waits for, and `unattended` is "raise".
        SessionFailed: there is no answer; the message has the reason.
        OpenCodeError: the prompt was not sent, or the connection was given up.
    """
    sending = prompt(runtime, session_id, text, options)
    return await answered(
        runtime,
        session_id,
        sending,
        timeout=timeout,
        on_event=on_event,
        unattended=unattended,
        interruptible=interruptible,
    )


async def answered(
    runtime: InstanceRuntime,
    session_id: str,
    sending: Coroutine[Any, Any, str],
    *,
    timeout: float | None = None,
    on_event: OnEvent | None = None,
    unattended: Unattended = "wait",
    interruptible: Interruptible | None = None,
) -> Message:
    """Have a prompt sent by `sending`, which returns its id, and wait until its turn ends; see `ask`."""
    try:
        async with asyncio.timeout(timeout):
            with (
                Turn(runtime, session_id, on_event) as turn,
                Watch(runtime, session_id, unattended, turn.fail),
            ):
                task = runtime.loop.spawn(sending)
                if interruptible is not None:
                    interruptible.sending = task
                # A caller who stops waiting must not take back a prompt that is being sent: the server may have it already.
                turn.prompt = await asyncio.shield(task)
                return await turn.end()
    except TimeoutError:
        raise AnswerTimeout(
            f"The answer did not end within {timeout:g} s.", remedy="It goes on; session.abort() stops it."
        ) from None


class Turn:
    """Follows the turn of one prompt. A context manager; on the home loop.

    Args:
        runtime: the instance.
        session_id: the session that the prompt goes to.
        on_event: is called with every event of this session while the turn lasts.
    """

    def __init__(self, runtime: InstanceRuntime, session_id: str, on_event: OnEvent | None = None) -> None:
        self.prompt: str | None = None
        self._runtime = runtime
        self._session_id = session_id
        self._on_event = on_event
        self._has_begun = False
        # The last error that the server reported of the session meanwhile.
        self._problem: Problem | None = None
        self._failed: OpenCodeError | None = None
        # The messages before the prompt, which name the answer where the server does not name the prompt.
        self._before: frozenset[str] = frozenset()
        self._growth = TextGrowth()

    def __enter__(self) -> Self:
        pinned = self._runtime.history.pinned
        pinned[self._session_id] = pinned.get(self._session_id, 0) + 1
        self._runtime.listeners.add(self._listen)
        session = self._runtime.state.sessions.get(self._session_id)
        self._before = frozenset(session.ids if session is not None else ())
        return self

    def __exit__(self, *_: object) -> None:
        pinned = self._runtime.history.pinned
        pinned[self._session_id] -= 1
        if not pinned[self._session_id]:
            del pinned[self._session_id]
        self._runtime.listeners.discard(self._listen)

    def _listen(self, event: e.Event, changes: list[Change]) -> None:
        if isinstance(event, e.Loaded):
            self._has_begun = True
        elif isinstance(event, e.SessionEvent | e.SessionErrored) and event.session_id == self._session_id:
            self._has_begun = self._has_begun or isinstance(event, e.StatusChanged | e.SessionErrored)
            if isinstance(event, e.SessionErrored):
                self._problem = event.problem
            if self._on_event is not None:
                session = self._runtime.state.sessions.get(self._session_id)
                for item in self._growth.completed(event, session):
                    self._on_event(item)

    def fail(self, error: OpenCodeError) -> None:
        """Have `end` raise an error. The turn goes on."""
        self._failed = error
        self._runtime.condition.notify()

    async def end(self) -> Message:
        """Wait for the end of the turn.

        Returns:
            The last message of the answer.

        Raises:
            SessionFailed: there is no answer, or the session was deleted.
            Closed: the instance was closed.
            OpenCodeError: the connection was given up.
        """
        while True:
            await self._runtime.condition.wait_for(lambda: self.is_at_rest() and (self._has_begun or self._has_ended()))
            answer = await self._settled_answer()
            if answer is not None:
                return answer

    def is_at_rest(self) -> bool:
        """Is the state true, and does no turn run in the session? Raises like `end` where no turn can end any more."""
        self._check()
        return self._runtime.is_live and not self._session.has_turn

    def _check(self) -> None:
        """Raise if the turn can have no end any more."""
        if self._failed is not None:
            raise self._failed
        if self._runtime.closed:
            raise Closed("The instance was closed while it answered.")
        if (error := self._runtime.reconnector.error) is not None:
            raise error

    @property
    def _session(self) -> Session:
        try:
            return self._runtime.session(self._session_id)
        except NotFound:
            raise SessionFailed("The session was deleted while it answered.") from None

    async def _settled_answer(self) -> Message | None:
        """The answer of an idle session; None if the session became busy again meanwhile.

        Raises:
            SessionFailed: there is none, or it holds nothing. A caller would take an empty text for what the model said.
        """
        try:
            async with asyncio.timeout(GRACE):
                await self._runtime.condition.wait_for(lambda: self._session.has_turn or self._has_ended())
        except TimeoutError:
            await self.fetch()
        if self._session.has_turn:
            return None
        answer = self._answer()
        if answer is None or _is_empty(answer):
            raise self._failure(answer)
        return answer

    async def fetch(self) -> None:
        """Fetch the status and the messages again, for an event may be missing: that the session became busy, or that the answer ended."""
        try:
            await self._runtime.resync.recheck(self._session_id)
            await self._runtime.history.refetch(self._session_id)
        except OpenCodeError:
            self._check()

    def _has_ended(self) -> bool:
        answer = self._answer()
        return answer is not None and not is_running(answer)

    def _answer(self) -> Message | None:
        """The last message that answers the prompt, or a prompt that the server put after it, as a compaction does."""
        if self.prompt == "":
            return self._latest_answer()
        if (
            self.prompt not in self._session.messages
        ):  # its event has not come yet: the answers that are there belong to earlier prompts
            return None
        after = list(takewhile(lambda message: message.id != self.prompt, reversed(list(self._session))))
        answers = [message for message in after if message.role is Role.ASSISTANT]
        later = {message.id for message in after} | {None}
        exact = (message for message in answers if message.info.parent == self.prompt)
        return next(exact, None) or next((message for message in answers if message.info.parent in later), None)

    def _latest_answer(self) -> Message | None:
        """The newest answer that was not there before the prompt, where the server does not name the prompt."""
        answers = (message for message in self._session.latest_answers() if message.id not in self._before)
        return next(answers, None)

    def _failure(self, answer: Message | None) -> SessionFailed:
        """The error for a turn without an answer, with the reason that the answer states, or that the session reported meanwhile."""
        problem = answer.error if answer is not None else None
        problem = problem or self._reported_problem() or self._problem
        if problem is None:
            return self._unanswered(answer)
        if problem.name == ABORTED:
            return SessionFailed(
                f"The turn was stopped before there was an answer ({problem.name}).", remedy=SEND_AGAIN
            )
        return SessionFailed(f"{problem.name}: {problem.message}", remedy=self._remedy(problem))

    def _remedy(self, problem: Problem) -> str:
        """What to do, with the prompt that has to go where its file makes each later one fail."""
        failed = (message for message in reversed(list(self._session)) if message.error == problem)
        causes = (cause_of(self._session, message) for message in failed)
        cause = next((cause for cause in causes if cause is not None), None)
        if cause is None:
            return problem.remedy
        return f'{problem.remedy} {cause.words} Revert to before it: session.revert("{cause.message_id}").'.strip()

    def _reported_problem(self) -> Problem | None:
        """The newest error from the prompt on, in a notice or in the prompt itself."""
        newest_first = list(reversed(list(self._session)))
        since = [*takewhile(lambda message: message.id != self.prompt, newest_first)]
        if self.prompt and self.prompt in self._session.messages:
            since.append(self._session.messages[self.prompt])
        errors = (message.error for message in since)
        return next((error for error in errors if error is not None and error.name not in NO_REASONS), None)

    def _unanswered(self, answer: Message | None) -> SessionFailed:
        """The error where no message says why there is no answer; what came may be an answer that has nothing in it."""
        words = "The turn ended without an answer."
        if (problem := without_models(self._runtime)) is not None:
            return SessionFailed(f"{words} {problem.message}", remedy=problem.remedy)
        if answer is not None and is_nothing(answer):
            return SessionFailed(NOTHING_CAME.message, remedy=NOTHING_CAME.remedy)
        return SessionFailed(words, remedy=SEND_AGAIN)


def _is_empty(answer: Message) -> bool:
    """Does it hold nothing for the caller: no text, and, unless it failed, no use of a tool, no file and no reasoning either?"""
    if answer.text.strip():
        return False
    has_failed = answer.state in (MessageState.FAILED, MessageState.INTERRUPTED)
    return has_failed or not any(part.kind in CONTENT for part in answer.parts)
