"""Prompts that were left without an answer: sent again, or taken back.

A server of 1.x never comes back to the prompts that waited when a turn was stopped; see `model/reduce/prompts.py`.
"""

from __future__ import annotations

import asyncio

from ...errors import NotSupported, OpenCodeError, PromptNotSent, RequestFailed
from ...model.entities import Role
from ...model.state import Message, MessageState
from ...server.api import Client
from ...server.http.client import NO_ROUTE
from ...sync.runtime import InstanceRuntime
from . import existing, watch


async def take_back(runtime: InstanceRuntime, session_id: str, message_id: str) -> str:
    """Remove a prompt that was left without an answer.

    Returns:
        Its text.

    Raises:
        RequestFailed: it is not such a prompt.
        NotSupported: the server could remove it only together with the prompts after it.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    text = _left_behind(runtime, session_id, message_id).text
    await _remove(runtime, client, session_id, message_id)
    return text


async def send_again(runtime: InstanceRuntime, session_id: str, message_id: str) -> str:
    """Send a prompt that was left without an answer again, with its files, to the same agent and model. It takes the place of the old one.

    Returns:
        The id of its new message.

    Raises:
        RequestFailed: it is not such a prompt.
        NotSupported: the server could remove it only together with the prompts after it.
        PromptNotSent: the old one is removed, and the server did not take the new one; the error has its text.
        OpenCodeError: the server cannot be reached, or refuses. The old one is still there.
    """
    client = await runtime.reach()
    _left_behind(runtime, session_id, message_id)
    # A caller who stops waiting must not leave the session without either of the two.
    new = await asyncio.shield(runtime.loop.spawn(_replace(runtime, client, session_id, message_id)))
    runtime.spawn(watch(runtime, session_id, new))
    return new


async def _replace(runtime: InstanceRuntime, client: Client, session_id: str, message_id: str) -> str:
    """Remove a prompt, and send a copy of it. In this order, for a server refuses to remove a message while a turn runs."""
    text = _left_behind(runtime, session_id, message_id).text
    copy = await client.copy_prompt(session_id, message_id)
    await _remove(runtime, client, session_id, message_id)
    try:
        return await client.send_copy(session_id, copy)
    except OpenCodeError as error:
        raise PromptNotSent(
            f"The prompt was removed in order to be sent again, and that failed: {error.message}",
            remedy=error.remedy or "Send it again.",
            text=text,
        ) from error


async def _remove(runtime: InstanceRuntime, client: Client, session_id: str, message_id: str) -> None:
    """Remove a message; by a revert where the server has no call for it, and nothing follows that the revert would hide too."""
    try:
        await client.remove_message(session_id, message_id)
    except NO_ROUTE:
        if (number := _number_after(runtime, session_id, message_id)) > 0:
            others = "another prompt" if number == 1 else f"{number} other prompts"
            raise NotSupported(
                f"{client.version} can take this prompt out of the session only together with {others} after it.",
                remedy="Copy the text of each that you want to keep, then revert to before this one.",
            ) from None
        await client.revert(session_id, message_id)


def _number_after(runtime: InstanceRuntime, session_id: str, message_id: str) -> int:
    """How many messages of the server follow this one."""
    session = runtime.session(session_id)
    after = session.ids[session.ids.index(message_id) + 1 :] if message_id in session.ids else []
    return sum(session.messages[id].role is not Role.NOTICE for id in after)


def _left_behind(runtime: InstanceRuntime, session_id: str, message_id: str) -> Message:
    message = existing(runtime, session_id, message_id)
    if message.state is not MessageState.UNANSWERED:
        raise RequestFailed(
            "This prompt was not left without an answer.", remedy="Revert to before it, or send another one."
        )
    return message
