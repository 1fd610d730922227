"""Policies: functions of the user's that answer permissions and questions before the user is asked."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar, cast

from ..errors import BadVerdict, OpenCodeError, PolicyFailed
from ..model.entities import PermissionRequest, Problem, Request
from ..operations.replies import Reply
from ..redaction import innermost
from ..sync.runtime import InstanceRuntime, Listener
from ..sync.user_code import is_ours_to_leave, log_fault
from .allowance import allow_waiting
from .pending import Permission, Questions, handle
from .session import Session

log = logging.getLogger("opencode_widget")

P = TypeVar("P", "Permission", "Questions")
T = TypeVar("T")

Verdict = Literal["once", "always", "reject"] | tuple[Literal["reject"], str] | None
PermissionPolicy = Callable[[Permission], Verdict | Awaitable[Verdict]]
Answers = list[str | list[str]] | None
QuestionPolicy = Callable[[Questions], Answers | Awaitable[Answers]]


# Seconds after which the user learns that a policy has not decided yet.
PATIENCE = 60.0


class Policies:
    """The functions that decide about requests before the user does.

    The newest function is called first. One that returns None leaves the request to the next, and in the end to the user. A permission
    that is left to the user is allowed if the user has allowed everything in its session: see `allowance.py`.

    Args:
        patience: seconds after which the user learns that a function has not decided yet.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._permission: list[PermissionPolicy] = []
        self._question: list[QuestionPolicy] = []
        self._watched: dict[InstanceRuntime, Listener] = {}
        # The requests that the present policies were called with: no policy is called twice about one.
        self._asked: set[tuple[str, str]] = set()
        self._patience = patience

    def on_permission(self, policy: PermissionPolicy) -> Callable[[], None]:
        """Call `policy` with each permission from now on, also with those that wait already.

        Returns:
            A function that ends it.

        Raises:
            TypeError: the policy cannot be called.
        """
        return self._register(self._permission, policy)

    def on_question(self, policy: QuestionPolicy) -> Callable[[], None]:
        """Call `policy` with each request of questions; see `on_permission`."""
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
        """Call the policies with the requests of an instance until it is closed. On the home loop."""
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
                runtime.deciding.add(request.id)
                runtime.spawn(self._decide(runtime, request))

    async def _decide(self, runtime: InstanceRuntime, request: Request) -> None:
        session = Session(runtime, request.session_id)
        reminder = runtime.loop.loop.call_later(self._patience, self._remind, runtime, request)
        try:
            if isinstance(request, PermissionRequest):
                await self._decide_permission(Permission(session, request))
            else:
                await self._decide_question(Questions(session, request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request waits for the user, who must learn of it
            log_fault("a policy failed; the request stays with the user", error)
            runtime.alert(_failure(error))
        finally:
            reminder.cancel()
            runtime.deciding.discard(request.id)
            allow_waiting(runtime)

    def _remind(self, runtime: InstanceRuntime, request: Request) -> None:
        asked = handle(Session(runtime, request.session_id), request)
        if asked.waits:
            what = f"A policy has not decided about {asked!r} for {self._patience:g} s."
            log.warning("%s", what)
            runtime.alert(Problem("PolicyPending", what, "Answer the request yourself, or wait for the policy."))

    async def _decide_permission(self, asked: Permission) -> None:
        for policy in tuple(self._permission):
            verdict = await _result(policy, asked, _verdict)
            if not asked.waits:  # the policy answered it itself, or another program did meanwhile
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
    """Call a policy, and read its result into plain data; None: the policy leaves the request to others.

    Raises:
        PolicyFailed: the policy raised anything, also what is no Exception; see `sync/user_code.py`.
        BadVerdict: the policy returned a value that is no answer.
    """
    try:
        value = policy(asked)
        if inspect.isawaitable(value):
            value = await value
        # Comparing the value may run code of the user's, such as its `__eq__`.
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
    """The alert about a failed policy: the user can still answer the request."""
    if isinstance(error, PolicyFailed):
        return Problem("PolicyFailed", error.message, YOURSELF)
    hint = f" {error.remedy}" if isinstance(error, BadVerdict) else ""
    words = error.message if isinstance(error, OpenCodeError) else f"{innermost(error)}."
    return Problem("PolicyFailed", f"A policy failed: {words}{hint}", YOURSELF)
