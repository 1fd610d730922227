"""What agents ask a person for, as Python objects; and policies, functions that answer in the person's place."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, Literal, TypeVar, cast

from ..errors import BadVerdict, OpenCodeError, PolicyFailed
from ..model.entities import JSON, AnsweredBy, PermissionRequest, Problem, Question, QuestionRequest, Request
from ..model.render import cards
from ..model.render.blocks import Block
from ..model.render.rich import Rich
from ..model.render.visible import one_line
from ..operations import replies
from ..operations.replies import Reply
from ..redaction import innermost
from ..sync.runtime import InstanceRuntime, Listener
from ..sync.user_code import is_ours_to_leave, log_fault
from .session import Session

log = logging.getLogger("opencode_widget")

R = TypeVar("R", PermissionRequest, QuestionRequest)
P = TypeVar("P", "Permission", "Questions")
T = TypeVar("T")


# ---- handles ----------------------------------------------------------------------------------------------------------


class _Pending(Rich, Generic[R]):
    """A request that waits. It may be answered here, in the widget or by another program; answered twice, the first counts."""

    def __init__(self, runtime: InstanceRuntime, request: R) -> None:
        self._runtime = runtime
        self._request: R = request

    def _blocks(self) -> Iterable[Block]:
        known = self._runtime.state.sessions.get(self._request.session_id)
        return cards.request(self._request, known.info.title if known is not None else "", waits=self.waits)

    @property
    def id(self) -> str:
        """The server's id."""
        return self._request.id

    @property
    def session(self) -> Session:
        """The session whose agent asks; maybe a sub-agent's."""
        return Session(self._runtime, self._request.session_id)

    @property
    def waits(self) -> bool:
        """Is it still unanswered?"""
        return self._request.id in self._runtime.state.requests

    @property
    def answered_by(self) -> AnsweredBy | None:
        """Who answered it: "kernel" (a click in a widget of this kernel, a policy, Python here), "another program", or "unknown",
        where it was settled while the connection was lost; None while it waits, and where its session was stopped or deleted.
        """
        return self._runtime.attribution.by(self.id)


class Permission(_Pending[PermissionRequest]):
    """A tool waits for leave."""

    def __repr__(self) -> str:
        answered = "" if self.waits else " (answered)"
        return f"<Permission {one_line(self.permission)}: {', '.join(self.patterns)!r}{answered}>"

    @property
    def permission(self) -> str:
        """What it is for: "bash", "edit", "external_directory", ..."""
        return self._request.permission

    @property
    def patterns(self) -> tuple[str, ...]:
        """What exactly: the command, the file, the address."""
        return self._request.patterns

    @property
    def always(self) -> tuple[str, ...]:
        """The patterns that `allow(always=True)` would cover."""
        return self._request.always

    @property
    def metadata(self) -> JSON:
        """What the tool says of it, for example a diff."""
        return self._request.metadata

    async def allow(self, *, always: bool = False) -> None:
        """Give leave (`POST /permission/{id}/reply`).

        Args:
            always: for all that `self.always` covers, as long as the server runs.

        Raises:
            OpenCodeError: the server cannot be told.
        """
        await self._reply("always" if always else "once")

    async def reject(self, message: str | None = None) -> None:
        """Refuse it (`POST /permission/{id}/reply`).

        Args:
            message: words to the model, which goes on then; without any its turn ends.

        Raises:
            OpenCodeError: the server cannot be told.
        """
        await self._reply("reject", message)

    async def _reply(self, reply: Reply, message: str | None = None) -> None:
        answer = replies.answer_permission(self._runtime, self.id, reply, message)
        await self._runtime.loop.run(answer)


class Questions(_Pending[QuestionRequest]):
    """An agent waits for answers."""

    def __repr__(self) -> str:
        asked = " ".join(question.question for question in self.questions)
        return f"<Questions {asked[:80]!r}{'' if self.waits else ' (answered)'}>"

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked, each with its options."""
        return self._request.questions

    async def answer(self, *answers: str | list[str]) -> None:
        """Answer (`POST /question/{id}/reply`).

        Args:
            answers: one for each question: a label or words, or a list of them.

        Raises:
            ValueError: there are more or fewer answers than questions.
            OpenCodeError: the server cannot be told.
        """
        if len(answers) != len(self.questions):
            raise ValueError(f"There are {len(self.questions)} questions and {len(answers)} answers.")
        lists = [[answer] if isinstance(answer, str) else list(answer) for answer in answers]
        await self._runtime.loop.run(replies.answer_question(self._runtime, self.id, lists))

    async def dismiss(self) -> None:
        """Leave them unanswered (`POST /question/{id}/reject`); the turn ends.

        Raises:
            OpenCodeError: the server cannot be told.
        """
        await self._runtime.loop.run(replies.answer_question(self._runtime, self.id, None))


Pending = Permission | Questions


def pending(runtime: InstanceRuntime) -> list[Pending]:
    """All that waits in an instance, the oldest first; that of sub-agents included."""
    return [handle(runtime, request) for request in list(runtime.state.requests.values())]


def handle(runtime: InstanceRuntime, request: Request) -> Pending:
    """A request as a Python object."""
    if isinstance(request, PermissionRequest):
        return Permission(runtime, request)
    return Questions(runtime, request)


# ---- policies ---------------------------------------------------------------------------------------------------------

Verdict = Literal["once", "always", "reject"] | tuple[Literal["reject"], str] | None
PermissionPolicy = Callable[[Permission], Verdict | Awaitable[Verdict]]
Answers = list[str | list[str]] | None
QuestionPolicy = Callable[[Questions], Answers | Awaitable[Answers]]


# Seconds after which the user is told that a policy has not decided yet.
PATIENCE = 60.0


class Policies:
    """The functions that are asked before the user is, the newest first; one that returns None leaves the request to the next."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._permission: list[PermissionPolicy] = []
        self._question: list[QuestionPolicy] = []
        self._watched: dict[InstanceRuntime, Listener] = {}
        # Requests that the policies of now have been asked about.
        self._asked: set[tuple[str, str]] = set()
        self._patience = patience

    def on_permission(self, policy: PermissionPolicy) -> Callable[[], None]:
        """Ask this function about permissions from now on, pending ones included; returns a function that ends this."""
        return self._register(self._permission, policy)

    def on_question(self, policy: QuestionPolicy) -> Callable[[], None]:
        """The same for questions."""
        return self._register(self._question, policy)

    def _register(self, policies: list[T], policy: T) -> Callable[[], None]:
        if not callable(policy):
            raise TypeError(f"A policy is a function, not {type(policy).__name__}.")
        policies.insert(0, policy)
        self._asked.clear()
        for runtime in list(self._watched):
            runtime.loop.call(self._begin, runtime)

        def unregister() -> None:
            policies[:] = [known for known in policies if known is not policy]

        return unregister

    def watch(self, runtime: InstanceRuntime) -> None:
        """Look at the requests of an instance, as long as it lives. On the home loop."""
        for closed in [known for known in self._watched if known.closed]:
            del self._watched[closed]
        self._watched[runtime] = lambda event, changes: self._look(runtime)
        self._begin(runtime)

    def _begin(self, runtime: InstanceRuntime) -> None:
        if self._permission or self._question:
            runtime.listeners.add(self._watched[runtime])
            self._look(runtime)

    def _look(self, runtime: InstanceRuntime) -> None:
        for request in list(runtime.state.requests.values()):
            key = (runtime.id, request.id)
            if key not in self._asked:
                self._asked.add(key)
                runtime.spawn(self._decide(runtime, request))

    async def _decide(self, runtime: InstanceRuntime, request: Request) -> None:
        reminder = runtime.loop.loop.call_later(self._patience, self._remind, runtime, request)
        try:
            if isinstance(request, PermissionRequest):
                await self._decide_permission(Permission(runtime, request))
            else:
                await self._decide_question(Questions(runtime, request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request waits for a person, who must hear of it
            log_fault("a policy failed; the request stays with the user", error)
            runtime.alert(_failure(error))
        finally:
            reminder.cancel()

    def _remind(self, runtime: InstanceRuntime, request: Request) -> None:
        asked = handle(runtime, request)
        if asked.waits:
            what = f"A policy has not decided about {asked!r} for {self._patience:g} s."
            log.warning("%s", what)
            runtime.alert(Problem("PolicyPending", what, "Answer the request yourself, or wait for the policy."))

    async def _decide_permission(self, asked: Permission) -> None:
        for policy in tuple(self._permission):
            verdict = await _result(policy, asked, _verdict)
            if not asked.waits:  # the policy answered it itself, or somebody else did meanwhile
                return
            if verdict is not None:
                await asked._reply(*verdict)
                return

    async def _decide_question(self, asked: Questions) -> None:
        for policy in tuple(self._question):
            answers = await _result(policy, asked, _answers)
            if not asked.waits:
                return
            if answers is not None:
                await asked.answer(*answers)
                return


async def _result(policy: Callable[[P], object], asked: P, read: Callable[[object], T]) -> T | None:
    """What a policy returns, as plain data; None: it leaves the request to others.

    Raises:
        PolicyFailed: it raised, whatever it was; see `sync/user_code.py`.
        BadVerdict: it returned something else.
    """
    try:
        value = policy(asked)
        if inspect.isawaitable(value):
            value = await value
        # Looking at the value may run code of the user's, such as its `__eq__`.
        return None if value is None else read(value)
    except BadVerdict:
        raise
    except BaseException as fault:
        if is_ours_to_leave(fault):
            raise (fault if isinstance(fault, GeneratorExit) else asyncio.CancelledError()) from None
        raise PolicyFailed(f"A policy failed: {innermost(fault)}.", remedy=YOURSELF) from fault


YOURSELF = "Answer the request yourself."


def _verdict(value: object) -> tuple[Reply, str | None]:
    match value:
        case "once" | "always" | "reject":
            return cast(Reply, str(value)), None
        case ("reject", str() as message):
            return "reject", message
        case _:
            raise BadVerdict(
                f"A policy returned a {type(value).__name__} that is no answer.",
                remedy='It returns "once", "always", "reject", ("reject", words) or None.',
            )


def _answers(value: object) -> list[str | list[str]]:
    if isinstance(value, list | tuple) and all(map(_is_answer, value)):
        return [item if isinstance(item, str) else list(item) for item in value]
    raise BadVerdict(
        f"A policy returned a {type(value).__name__} that is no list of answers.",
        remedy="It returns a list with one answer for each question, words or a list of them, or None.",
    )


def _is_answer(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(item, str) for item in value))


def _failure(error: Exception) -> Problem:
    """What is told to the user, who can still answer."""
    if isinstance(error, PolicyFailed):
        return Problem("PolicyFailed", error.message, YOURSELF)
    hint = f" {error.remedy}" if isinstance(error, BadVerdict) else ""
    words = error.message if isinstance(error, OpenCodeError) else f"{innermost(error)}."
    return Problem("PolicyFailed", f"A policy failed: {words}{hint}", YOURSELF)
