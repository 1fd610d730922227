"""The user's replies to permissions and questions.

Any program that is connected to the server may answer a request, and the first answer counts. The server's event about
it can arrive before or after the response to ours. So `sync/stream/own_answers.py` keeps which answers this kernel gave, and
decides who is named as the one who answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from ..model import events as e
from ..model.entities import AnsweredBy
from ..server.api import Reply
from ..sync.runtime import InstanceRuntime
from ..sync.stream.own_answers import ANSWERS

__all__ = ["Reply", "answer_permission", "answer_question"]

# Seconds by which the response to a late answer may precede the event about the answer that counted.
REFUSAL_LEAD = 1.0


async def answer_permission(
    runtime: InstanceRuntime, request_id: str, reply: Reply, message: str | None = None
) -> None:
    """Answer a permission. If it was answered before, nothing happens.

    Args:
        runtime: the instance.
        request_id: the id of the permission.
        reply: "once", "always" or "reject".
        message: the user's words to the model, with "reject".

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    await _answer(runtime, request_id, reply, lambda: client.answer_permission(request_id, reply, message))


async def answer_question(runtime: InstanceRuntime, request_id: str, answers: list[list[str]] | None) -> None:
    """Answer questions. If they were answered before, nothing happens.

    Args:
        runtime: the instance.
        request_id: the id of the request.
        answers: a list of labels or of the user's words for each question; None dismisses them all.

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client, outcome = await runtime.reach(), "dismissed" if answers is None else "answered"
    await _answer(runtime, request_id, outcome, lambda: client.answer_question(request_id, answers))


async def _answer(runtime: InstanceRuntime, request_id: str, outcome: str, call: Callable[[], Awaitable[bool]]) -> None:
    """Send an answer, and apply its outcome as soon as the server has confirmed it."""
    server, request = runtime.endpoint.url or "", runtime.state.requests.get(request_id)
    ANSWERS.give(server, request_id, outcome, runtime.state.requests.values())
    taken = None
    try:
        taken = await call()
    finally:
        ANSWERS.sent(server, request_id, taken=taken)
    if request is None:
        return
    answered = e.Answered(session_id=request.session_id, request_id=request_id, outcome=outcome, request=request)
    if taken or ANSWERS.explains(server, request_id, ""):
        _apply(runtime, answered, AnsweredBy.KERNEL)
    else:
        await _correct(runtime, answered)


async def _correct(runtime: InstanceRuntime, answered: e.Answered) -> None:
    """Our answer came too late. Wait for the event about the answer that counted, which may come after the server's refusal."""
    with suppress(TimeoutError):
        async with asyncio.timeout(REFUSAL_LEAD):
            await runtime.condition.wait_for(lambda: answered.request_id not in runtime.state.requests)
    if runtime.attribution.by(answered.request_id) is AnsweredBy.KERNEL:
        runtime.apply(runtime.attribution.correct(answered, AnsweredBy.OTHER))
    else:
        _apply(runtime, replace(answered, outcome=""), AnsweredBy.UNKNOWN)


def _apply(runtime: InstanceRuntime, answered: e.Answered, by: AnsweredBy) -> None:
    """Remove the request from the state, unless the server's event has done so."""
    if answered.request_id in runtime.state.requests:
        runtime.apply(runtime.attribution.settled(answered, by))
