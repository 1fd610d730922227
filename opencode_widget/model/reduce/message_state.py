"""How far a message is: read off what the server says of it and of its session.

- A prompt is SENDING until the server's own event for it, then COMPLETE; QUEUED while a turn that is not its own runs before it.
- An answer is STREAMING while its session works and no other answer follows it, COMPLETE once it has an end, FAILED or INTERRUPTED by
  its error.
- An answer without an end that is not the one worked on was cut off: INTERRUPTED. No server repairs such a message after a crash.

Only what an event can have changed is judged: the messages that it names, and where the session began or ended to work on an answer, that
answer and the prompts that wait for it. Of the prompts of which no server says whether they wait, the latest `QUEUED_BOUND` may do so.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..entities import ABORTED, Problem, Role
from ..state import Message, MessageState, Session
from .changes import Change, MessageChanged, MessageGone, OpenPartsChanged

QUEUED_BOUND = 100


def settle(session: Session, out: list[Change]) -> None:
    """Bring the state of all messages that may have changed up to date, and report what did."""
    running = _running(session)
    runs = (running.id, running.order, running.info.parent) if running is not None else None
    due, session.unsettled = session.unsettled, set()
    if runs != session.runs:
        due.update(_concerned(session, running))
        session.runs = runs
    for id in sorted(due):
        if (message := session.messages.get(id)) is not None:
            _settle(session, message, running, out)
    while len(session.queued) > QUEUED_BOUND:
        oldest = session.messages[next(iter(session.queued))]
        del session.queued[oldest.id]
        _move(session, oldest, MessageState.COMPLETE, out)


def _concerned(session: Session, running: Message | None) -> Iterable[str]:
    """Whose state follows from which answer the session works on."""
    yield from session.queued
    if session.runs is not None:
        yield session.runs[0]
    if running is not None:
        yield running.id
        newest_first = zip(reversed(session.keys), reversed(session.ids), strict=True)
        yield from (id for order, id in islice(newest_first, QUEUED_BOUND) if order > running.order)


def _running(session: Session) -> Message | None:
    """The answer that the session works on: the newest, if it has no end. One before it will never have one."""
    if not session.busy or not session.answers:
        return None
    newest = session.messages[session.answers[-1][2]]
    return newest if is_running(newest) else None


def is_running(message: Message) -> bool:
    """Is it an answer with neither end nor error?"""
    return message.role is Role.ASSISTANT and message.info.completed is None and message.info.error is None


def _settle(session: Session, message: Message, running: Message | None, out: list[Change]) -> None:
    if is_running(message):
        session.growing.add(message.id)
    else:
        session.growing.discard(message.id)
    state = judge(message, running)
    if state is MessageState.QUEUED and message.info.queued is None:
        session.queued.setdefault(message.id)
    else:
        session.queued.pop(message.id, None)
    _move(session, message, state, out)


def judge(message: Message, running: Message | None) -> MessageState:
    """How far a message is, where its session works on this answer."""
    if message.info.error is not None:
        return MessageState.INTERRUPTED if message.info.error.name == ABORTED else MessageState.FAILED
    if message.local:
        return MessageState.SENDING
    if message.role is Role.USER:
        return MessageState.QUEUED if _waits(message, running) else MessageState.COMPLETE
    if message.info.completed is not None:
        return MessageState.COMPLETE
    return MessageState.STREAMING if message is running else MessageState.INTERRUPTED


def _waits(prompt: Message, running: Message | None) -> bool:
    if prompt.info.queued is not None:
        return prompt.info.queued
    return running is not None and running.info.parent != prompt.id and running.order < prompt.order


def _move(session: Session, message: Message, state: MessageState, out: list[Change]) -> None:
    if message.state is state:
        return
    had_stopped, message.state = message.stopped, state
    out.append(MessageChanged(session.id, message.id))
    if message.stopped is not had_stopped:
        out.append(OpenPartsChanged(session.id, message.id))


def drop_told_notices(session: Session, errors: Iterable[Problem | None], out: list[Change]) -> None:
    """An error may come before the message that it belongs to says it: then it stands there, and nowhere else."""
    if not session.notices:
        return
    reported = set(errors)
    for notice in [id for id in session.notices if session.messages[id].info.error in reported]:
        session.drop(notice)
        out.append(MessageGone(session.id, notice))
