"""Requests that nobody can see: a script, a run of papermill or a cell waits for an answer that nobody is there to give.

1. A request is unattended if it waits although no page is open; or if no open page lets the kernel hear of it for a while, as when the cell
   that waits for the turn keeps the notebook from delivering the user's click. One about which a policy decides is not.
   The open pages are asked for a sign of life: a browser holds up the timers of a tab in the background for a minute and more, but not
   what a tab does with a message that arrives.
2. It is reported once in a turn, with the ways to answer it. What else happens is the caller's choice, see `Unattended`.
3. The requests of sub-agents count too, for the turn waits for them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal, Self

from ...errors import NobodyAnswers, OpenCodeError
from ...model import events as e
from ...model.entities import PermissionRequest, Problem, Request
from ...model.reduce.changes import Change
from ...model.render.visible import one_line
from ...sync.runtime import InstanceRuntime
from ..replies import answer_permission, answer_question
from .choices import check

log = logging.getLogger("opencode_widget")

# What to do about a request that nobody can see: reject it, end the caller's wait with an error, or wait for an answer.
Unattended = Literal["reject", "raise", "wait"]
# Seconds until a request counts as unattended where no page is open, and where pages are open and were asked for a sign of life.
UNSEEN, SILENT = 1.0, 8.0
# Characters of what the agent wants that the report repeats.
EXCERPT = 200
TO_THE_MODEL = "Nobody is here to answer. Do without it, or say what you would need."
WAYS = (
    "Let a policy answer: oc.on_permission(...), oc.on_question(...). Or answer from Python, in another cell or task: session.pending. "
    "Or use another view of this server: the widget in a notebook, or `opencode attach`. "
    'ask(..., unattended="reject") rejects such requests, and unattended="raise" stops waiting.'
)


def checked(value: Unattended) -> Unattended:
    """Check a caller's choice.

    Raises:
        ValueError: there is no such choice.
    """
    check("unattended", value, Unattended)
    return value


class Watch:
    """Watches for requests of one turn that nobody can see. A context manager; on the home loop.

    Args:
        runtime: the instance.
        session_id: the session of the turn.
        choice: what to do about them.
        fail: ends the caller's wait with an error.
    """

    def __init__(
        self, runtime: InstanceRuntime, session_id: str, choice: Unattended, fail: Callable[[OpenCodeError], None]
    ) -> None:
        self._runtime = runtime
        self._session_id = session_id
        self._choice = choice
        self._fail = fail
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._is_reported = False

    def __enter__(self) -> Self:
        self._runtime.listeners.add(self._look)
        self._look(None, [])
        return self

    def __exit__(self, *_: object) -> None:
        self._runtime.listeners.discard(self._look)
        for task in self._watched.values():
            task.cancel()

    def _look(self, _event: e.Event | None, _changes: list[Change]) -> None:
        state = self._runtime.state
        for id in state.waits.of(self._session_id):
            if id not in self._watched:
                self._watched[id] = asyncio.create_task(self._watch(state.requests[id]))

    async def _watch(self, request: Request) -> None:
        requests, now = self._runtime.state.requests, self._runtime.loop.loop.time
        while request.id in requests:
            since = now()
            self._runtime.ping_pages()
            await asyncio.sleep(UNSEEN if self._runtime.last_heard() is None else SILENT)
            heard = self._runtime.last_heard()
            is_seen = heard is not None and heard >= since
            if request.id in requests and request.id not in self._runtime.deciding and not is_seen:
                await self._act(request)
                return

    async def _act(self, request: Request) -> None:
        what = f"{_wish(request)}, and nobody can see that."
        if self._choice == "raise":
            self._fail(NobodyAnswers(what, remedy=f"The turn waits on: session.abort() stops it. {WAYS}"))
            return
        if not self._is_reported:
            self._is_reported = True
            done = "It is rejected. " if self._choice == "reject" else ""
            log.warning("%s %s%s", what, done, WAYS)
            self._runtime.alert(Problem("Unattended", what, f"{done}{WAYS}"))
        if self._choice == "reject":
            await self._reject(request)

    async def _reject(self, request: Request) -> None:
        try:
            if isinstance(request, PermissionRequest):
                await answer_permission(self._runtime, request.id, "reject", TO_THE_MODEL)
            else:
                await answer_question(self._runtime, request.id, None)
        except OpenCodeError as error:
            self._fail(error)


def _wish(request: Request) -> str:
    """What the agent waits for, in a few words."""
    if isinstance(request, PermissionRequest):
        wanted = one_line(", ".join(request.patterns))[:EXCERPT]
        return f"The agent waits for your permission ({one_line(request.permission)}{f': {wanted}' if wanted else ''})"
    asked = one_line(" ".join(question.question for question in request.questions))[:EXCERPT]
    return f"The agent waits for an answer to its question{f': {asked}' if asked else ''}"
