"""Notices a prompt that the server accepted, and with which it began nothing.

A server may fail before the turn begins, and report it in its log alone: OpenCode 1.1.31 does where it has no models. The prompt would
stand in the transcript for ever, as if the answer were about to come.
"""

from __future__ import annotations

import asyncio

from ..model import events as e
from ..model.entities import Problem
from ..sync.runtime import InstanceRuntime

# Seconds after which a turn should have begun. A turn begins with the status of its session, before any model is asked.
PATIENCE = 10.0

NOTHING_BEGAN = Problem(
    "NothingBegan",
    "The server accepted this prompt, and began nothing.",
    "Its log may say why. Send the prompt again when that is mended.",
)


async def watch_prompt(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    """Wait for a while, and report the prompt in its session if nothing came of it."""
    await asyncio.sleep(PATIENCE)
    if is_unanswered(runtime, session_id, message_id):
        problem = runtime.resync.catalogue_problem or NOTHING_BEGAN
        runtime.apply(e.SessionErrored(session_id=session_id, problem=problem))


def is_unanswered(runtime: InstanceRuntime, session_id: str, message_id: str) -> bool:
    """Is a prompt the last message of an idle session, with nothing that says why?"""
    session = runtime.state.sessions.get(session_id)
    if session is None or not runtime.is_live or session.busy or not session.ids or session.info.revert is not None:
        return False
    message = session.messages[session.ids[-1]]
    return message.id == message_id and not message.local and message.error is None
