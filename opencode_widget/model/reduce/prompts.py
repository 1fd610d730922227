"""Prompts of ours, until the server's own event for them."""

from __future__ import annotations

from .. import events as e
from ..entities import MessageInfo, Role, TextInfo
from ..state import Message, Origin, Part, State
from .changes import Change, MessageChanged, MessageGone, PartChanged


def prompt_submitted(state: State, event: e.PromptSubmitted, out: list[Change]) -> None:
    """Show a prompt before the server has it."""
    session = state.sessions.get(event.session_id)
    if session is None or event.message_id in session.messages:
        return
    info = MessageInfo(
        event.message_id,
        session.id,
        Role.USER,
        event.at,
        agent=event.agent,
        model=event.model,
        variant=event.variant,
    )
    message = Message(info, Origin.LOCAL, event.key)
    events = (TextInfo(event.part_id, text=event.text, ended=True), *event.extras)
    message.by_id = {info.id: Part(info) for info in events}
    session.insert(message)
    session.unsettled.add(message.id)
    out.append(MessageChanged(session.id, message.id))
    out.extend(PartChanged(session.id, message.id, id) for id in message.by_id)


def prompt_accepted(state: State, event: e.PromptAccepted, out: list[Change]) -> None:
    """The server took the prompt: if it is missing from a history later, it was lost."""
    if (message := _local(state, event)) is not None:
        message.origin = Origin.ACCEPTED


def prompt_failed(state: State, event: e.PromptFailed, out: list[Change]) -> None:
    """The server refused the prompt: remove it."""
    if _local(state, event) is not None:
        state.sessions[event.session_id].drop(event.message_id)
        out.append(MessageGone(event.session_id, event.message_id))


def _local(state: State, event: e.MessageEvent) -> Message | None:
    session = state.sessions.get(event.session_id)
    message = session.messages.get(event.message_id) if session is not None else None
    return message if message is not None and message.local else None
