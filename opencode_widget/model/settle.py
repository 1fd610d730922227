"""How far a message is: read off what the server says of it and of its session.

- A prompt is SENDING until the server's own event for it, then COMPLETE; QUEUED while a turn that is not its own runs before it.
- An answer is STREAMING while its session works and no other answer follows it, COMPLETE once it has an end, FAILED or INTERRUPTED by
  its error.
- An answer without an end that is not the one worked on was cut off: INTERRUPTED. No server repairs such a message after a crash.
"""

from __future__ import annotations

from .changes import Change, MessageChanged, MessageGone, PartChanged
from .infos import Role
from .state import Message, MessageState, Session

ABORTED = "MessageAbortedError"


def settle(session: Session, out: list[Change]) -> None:
    """Bring the state of all unsettled messages up to date, and report what changed."""
    running = _running(session)
    for id in sorted(session.unsettled):
        message = session.messages[id]
        _move(session, message, judge(session, message, running), out)
        if _is_settled(session, message):
            session.unsettled.discard(id)


def _running(session: Session) -> Message | None:
    """The answer that the session works on: the newest, if it has no end. One before it will never have one."""
    newest_first = (session.messages[id] for id in reversed(session.ids))
    newest = next((message for message in newest_first if message.role is Role.ASSISTANT), None)
    return newest if session.busy and newest is not None and is_running(newest) else None


def is_running(message: Message) -> bool:
    """Is it an answer with neither end nor error?"""
    return message.role is Role.ASSISTANT and message.info.completed is None and message.info.error is None


def judge(session: Session, message: Message, running: Message | None) -> MessageState:
    """How far a message is, where the session works on this answer."""
    if message.info.error is not None:
        return MessageState.INTERRUPTED if message.info.error.name == ABORTED else MessageState.FAILED
    if message.local:
        return MessageState.SENDING
    if message.role is Role.USER:
        return MessageState.QUEUED if _waits(session, message, running) else MessageState.COMPLETE
    if message.info.completed is not None:
        return MessageState.COMPLETE
    return MessageState.STREAMING if message is running else MessageState.INTERRUPTED


def _waits(session: Session, prompt: Message, running: Message | None) -> bool:
    if prompt.info.queued is not None:
        return prompt.info.queued
    return running is not None and running.info.parent != prompt.id and running.order < prompt.order


def _is_settled(session: Session, message: Message) -> bool:
    if message.local:
        return False
    if message.role is Role.USER:
        return not session.busy and message.info.queued is not True
    return not is_running(message)


def _move(session: Session, message: Message, state: MessageState, out: list[Change]) -> None:
    if message.state is state:
        return
    had_stopped, message.state = message.stopped, state
    out.append(MessageChanged(session.id, message.id))
    if message.stopped is not had_stopped:
        out.extend(PartChanged(session.id, message.id, part.id) for part in message.parts if not part.ended)


def drop_told_notices(session: Session, out: list[Change]) -> None:
    """An error may come before the message that it belongs to says it: then it stands there, and nowhere else."""
    if not session.notices:
        return
    told = {message.info.error for message in session if message.role is not Role.NOTICE}
    for notice in [message for message in session if message.role is Role.NOTICE and message.info.error in told]:
        session.drop(notice.id)
        out.append(MessageGone(session.id, notice.id))
