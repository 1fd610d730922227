"""The events of messages, and the table of all that goes to one session's messages. The rules stand at the head of `__init__.py`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import events as e
from ..state import Message, Origin, Session
from .changes import Change, MessageChanged, MessageGone, WordsMissed
from .merge import LOST_PROMPT
from .message_state import drop_reported_notices, settle
from .notices import add_notice
from .parts import keep_orphan, part_delta, part_patched, part_removed, part_upserted
from .patched import patched


def message_upserted(session: Session, event: e.MessageUpserted, out: list[Change]) -> None:
    """Add or replace a message, and apply what arrived of it before it was known."""
    if event.message_id in session.removed:
        return
    info = session.filled(event.info)
    message = session.messages.get(event.message_id)
    if message is not None and info.queued and message.info.queued is False:  # it was delivered: this event is stale
        return
    if message is None:
        message = Message(info)
    error = message.error if message.local else None
    message.info, message.origin = info, Origin.SERVER
    session.insert(message)
    session.unsettled.add(message.id)
    out.append(MessageChanged(session.id, message.id))
    if event.info.error is not None:
        drop_reported_notices(session, (event.info.error,), out)
    orphans, missed = session.orphans.take(message.id)
    for orphan in orphans:
        BODY[type(orphan)](session, orphan, out)
    if error is not None and error != LOST_PROMPT:
        add_notice(session, error, out)
    settle(session, out)
    if missed:
        out.append(WordsMissed(session.id))


def answer_began(session: Session, event: e.AnswerBegan, out: list[Change]) -> None:
    """Close the previous unfinished answer: the server will not send an end for it. A restarted answer keeps its time and its cost."""
    known, info = session.messages.get(event.message_id), event.info
    if known is not None:
        info = replace(info, created=known.info.created, cost=known.info.cost, tokens=known.info.tokens)
    elif (before := _last_answer(session)) is not None and before.info.completed is None:
        ended = {"completed": event.at}
        message_patched(session, e.MessagePatched(session_id=session.id, message_id=before.id, changes=ended), out)
    message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=event.message_id, info=info), out)


def _last_answer(session: Session) -> Message | None:
    """The latest answer of a model. A shell command has no model, and a summary is not an answer."""
    answers = (message for message in session.latest_answers() if not message.info.summary)
    return next((message for message in answers if message.info.model is not None), None)


def prompt_delivered(session: Session, event: e.PromptDelivered, out: list[Change]) -> None:
    """Move a prompt that waited to where its turn begins, whatever time it has. Ignored if the prompt was delivered already."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
    elif message.info.queued:
        last = session.arrived[-1][1] if session.arrived else 0.0
        info = replace(message.info, queued=False, delivery=None, created=event.at if event.at > last else last + 1)
        message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=message.id, info=info), out)


def message_patched(session: Session, event: e.MessagePatched, out: list[Change]) -> None:
    """Change some fields of a message."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
    else:
        info = patched(message.info, event.changes)
        message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=message.id, info=info), out)


def message_removed(session: Session, event: e.MessageRemoved, out: list[Change]) -> None:
    """Remove a message; it stays removed."""
    session.removed.add(event.message_id)
    session.orphans.take(event.message_id)
    if event.message_id in session.messages:
        session.drop(event.message_id)
        out.append(MessageGone(session.id, event.message_id))
        settle(session, out)


def messages_removed(session: Session, event: e.MessagesRemoved, out: list[Change]) -> None:
    """Remove the known messages from one on. Messages that are not known cannot be compared by their time, so they stay.

    Prompts whose turn has not begun stay, too: the server has them in its inbox, or has not confirmed them yet. The time of the latter is
    that of our clock, which says nothing about what the server removed.
    """
    first = session.messages.get(event.message_id)
    after = session.ids[bisect_right(session.keys, first.order) :] if first is not None else []
    known = (session.messages[id] for id in after)
    later = [message.id for message in known if not message.waits and message.info.created <= event.at]
    for id in later if event.stays else [event.message_id, *later]:
        message_removed(session, e.MessageRemoved(session_id=session.id, message_id=id), out)


# Events that change the messages of one session.
BODY: dict[type[e.Event], Callable[[Session, Any, list[Change]], None]] = {
    e.PartDelta: part_delta,
    e.PartUpserted: part_upserted,
    e.PartPatched: part_patched,
    e.PartRemoved: part_removed,
    e.MessageUpserted: message_upserted,
    e.AnswerBegan: answer_began,
    e.MessagePatched: message_patched,
    e.MessageRemoved: message_removed,
    e.MessagesRemoved: messages_removed,
    e.PromptDelivered: prompt_delivered,
}
