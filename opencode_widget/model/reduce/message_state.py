"""The state of a message, derived from what the server reports of the message and of its session.

The rules:

1. A prompt is SENDING until the server's own event for it arrives. It is QUEUED while another prompt's turn runs before it, else COMPLETE.
2. An answer is STREAMING while its session is busy and no other answer follows it. It is COMPLETE once it has an end, and FAILED or
   INTERRUPTED by its error.
   A shell command of the user is STREAMING as long as it runs, whatever follows it.
3. An answer without an end that is not the running one was cut off: INTERRUPTED. No server repairs such a message after a crash.
4. A prompt that the end of a turn left without an answer is UNANSWERED, see `prompts.py`.
5. Only messages whose state an event can have changed are judged: those that it names and, if the running answer changed, the old and the
   new one and the prompts that wait for it. Of the prompts for which the server does not say whether they wait, at most the latest
   `QUEUED_BOUND` count as queued.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..entities import ABORTED, Problem, Role
from ..state import Message, MessageState, Session, State
from .changes import Change, MessageChanged, MessageGone, OpenPartsChanged, SessionChanged
from .prompts import forget_unanswered

QUEUED_BOUND = 100


def settle(session: Session, out: list[Change]) -> None:
    """Judge all messages whose state may have changed, and report those whose state did."""
    forget_unanswered(session)
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


def take_status(session: Session, out: list[Change]) -> bool:
    """Take what the session does now, from its turn and its shells. Return whether it changed; then its messages must be judged."""
    status = session.present_status
    if status == session.status:
        return False
    session.status = status
    out.append(SessionChanged(session.id))
    return True


def find_shells(state: State, session: Session, out: list[Change]) -> None:
    """Messages were fetched: some may be shell commands of the user that run."""
    found = (state.shells & session.messages.keys()) - session.shells
    if found:
        session.shells |= found
        session.unsettled |= found
        take_status(session, out)
        settle(session, out)


def _concerned(session: Session, running: Message | None) -> Iterable[str]:
    """The ids of the messages whose state depends on which answer is running."""
    yield from session.queued
    if session.runs is not None:
        yield session.runs[0]
    if running is not None:
        yield running.id
        newest_first = zip(reversed(session.keys), reversed(session.ids), strict=True)
        yield from (id for order, id in islice(newest_first, QUEUED_BOUND) if order > running.order)


def _running(session: Session) -> Message | None:
    """The running answer: the newest, if it has no end. An older one without an end will never get one."""
    if not session.busy or not session.answers:
        return None
    newest = session.messages[session.answers[-1][2]]
    return newest if is_running(newest) else None


def is_running(message: Message) -> bool:
    """Is it an answer with neither an end nor an error?"""
    return message.role is Role.ASSISTANT and message.info.completed is None and message.info.error is None


def _settle(session: Session, message: Message, running: Message | None, out: list[Change]) -> None:
    if is_running(message):
        session.growing.add(message.id)
    else:
        session.growing.discard(message.id)
    state = judge(message, message if is_running(message) and message.id in session.shells else running)
    if state is MessageState.COMPLETE and message.id in session.unanswered:
        state = MessageState.UNANSWERED
    if state is MessageState.QUEUED and message.info.queued is None:
        session.queued.setdefault(message.id)
    else:
        session.queued.pop(message.id, None)
    _move(session, message, state, out)


def judge(message: Message, running: Message | None) -> MessageState:
    """The state of a message while its session works on this answer."""
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


def drop_reported_notices(session: Session, errors: Iterable[Problem | None], out: list[Change]) -> None:
    """Remove the notices of errors that messages have now: the server may report an error before the message that it belongs to."""
    if not session.notices:
        return
    reported = set(errors)
    for notice in [id for id in session.notices if session.messages[id].info.error in reported]:
        session.drop(notice)
        out.append(MessageGone(session.id, notice))
