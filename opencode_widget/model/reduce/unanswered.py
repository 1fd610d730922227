"""Prompts that were left behind: their session is at rest, and no answer to them will come by itself.

OpenCode 1.x forgets the prompts that wait when a turn is stopped, and one whose turn fails before its first step. The rules:

1. They are looked for when a turn ends, and when messages were fetched of a session at rest: the prompts after the last answer.
2. A prompt that arrives while its session is at rest is not one: its turn is about to begin.
3. They are none any more once a turn runs, which takes them along, or once an answer follows.
4. A prompt of which the server says itself that it waits (2.x) is not one. Nor is any while a revert hides messages.
"""

from __future__ import annotations

from itertools import islice

from ..entities import Role
from ..state import LOOK_BACK, Session


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
