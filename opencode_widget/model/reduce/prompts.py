"""Prompts of ours, until the server's own event for them; and prompts that were left without an answer."""

from __future__ import annotations

from itertools import islice

from .. import events as e
from ..entities import MessageInfo, Role, TextInfo
from ..state import LOOK_BACK, Message, Origin, Part, Session, State
from .changes import Change, MessageChanged, MessageGone, PartChanged, SessionChanged


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


def queue_changed(state: State, event: e.QueueChanged, out: list[Change]) -> None:
    """The prompts that wait in this kernel changed."""
    if (session := state.sessions.get(event.session_id)) is not None:
        session.queue = event.queue
        out.append(SessionChanged(session.id))


def _local(state: State, event: e.MessageEvent) -> Message | None:
    session = state.sessions.get(event.session_id)
    message = session.messages.get(event.message_id) if session is not None else None
    return message if message is not None and message.local else None


# ---- prompts that were left behind ------------------------------------------------------------------------------------

# Prompts that were left behind: their session is at rest, and no answer to them will come by itself.
#
# OpenCode 1.x forgets the prompts that wait when a turn is stopped, and one whose turn fails before its first step. The rules:
#
# 1. They are looked for when a turn ends, and when the messages of a session at rest were fetched for the first time: the prompts after the
#    last answer.
# 2. A prompt that arrives while its session is at rest, or that a later fetch confirms, is not one: its turn is about to begin.
# 3. They are none any more once a turn runs, which takes them along, or once an answer follows.
# 4. A prompt of which the server says itself that it waits (2.x) is not one. Nor is any while a revert hides messages.


def look_for_unanswered(session: Session) -> None:
    """The session came to rest, or its messages were fetched: find the prompts that were left behind (rule 1)."""
    if session.busy or session.info.revert is not None:
        return
    for id in islice(reversed(session.ids), LOOK_BACK):
        message = session.messages[id]
        if message.role is Role.ASSISTANT:
            break
        if message.role is Role.USER and not message.waits and id not in session.unanswered:
            session.unanswered[id] = None
            session.unsettled.add(id)
    _drop_answered(session)


def forget_unanswered(session: Session) -> None:
    """Drop those that a turn takes along, or that have an answer by now (rule 3)."""
    if not session.unanswered:
        return
    if session.has_turn:
        session.unsettled.update(session.unanswered)
        session.unanswered.clear()
    else:
        _drop_answered(session)


def _drop_answered(session: Session) -> None:
    last = session.answers[-1] if session.answers else None
    parents = {message.info.parent for message in session.latest_answers()} if session.unanswered else set()
    for id in [*session.unanswered]:
        if id in parents or (last is not None and session.messages[id].order < last):
            del session.unanswered[id]
            session.unsettled.add(id)
