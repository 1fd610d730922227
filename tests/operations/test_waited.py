"""How long a tool waited for the user, as the page is told it: on real servers."""

from __future__ import annotations

import asyncio
from typing import Any

from opencode_widget.model.entities import ToolState
from opencode_widget.model.view import message_view
from opencode_widget.operations import replies

from ..support.open_session import OpenSession
from ..support.scripts import bash, say, script
from ..support.wait import eventually

# Seconds for which the tool waits.
WAIT = 1.5


def tool_of(session: OpenSession) -> dict[str, Any]:
    parts = [part for message in session.state for part in message_view(message, session.state)["parts"]]
    return next(part for part in parts if part["kind"] == "tool")  # type: ignore[return-value]


async def waiting(session: OpenSession) -> str:
    """The request that a tool has been waiting for a while."""
    await session.send(script(bash("echo a patient sheep"), say("It bleats.")))
    await eventually(lambda: session.runtime.state.requests, what="a request")
    await asyncio.sleep(WAIT)
    return next(iter(session.runtime.state.requests))


async def ended(session: OpenSession, state: ToolState) -> dict[str, Any]:
    await eventually(lambda: tool_of(session)["state"] == state and not session.state.busy, what="the tool's end")
    return tool_of(session)


async def test_the_time_that_a_tool_waited_is_known_apart_from_its_own(session: OpenSession) -> None:
    request = await waiting(session)
    await replies.answer_permission(session.runtime, request, "once", None)
    tool = await ended(session, ToolState.COMPLETED)
    assert WAIT * 1_000 <= tool["waited"] <= tool["finished"] - tool["started"]


async def test_a_turn_that_is_stopped_while_a_tool_waits_waits_for_nobody(session: OpenSession) -> None:
    await waiting(session)
    await session.abort()
    tool = await ended(session, ToolState.ERROR)
    assert tool["waited"] >= WAIT * 1_000
    assert session.runtime.state.requests == {}
    assert session.runtime.client is not None
    assert (await session.runtime.client.overview(10)).requests == ()
