"""How far a message is: read off what the server says of it and of its session.

- A prompt is SENDING until the server's own event for it, then COMPLETE; QUEUED while a turn that is not its own runs before it.
- An answer is STREAMING while its session works on it, COMPLETE once it has an end, FAILED or INTERRUPTED by its error.
- An answer without an end in a session at rest was cut off: INTERRUPTED. No server repairs such a message after a crash.
"""

from __future__ import annotations

from .changes import Change, MessageChanged, PartChanged
from .infos import Role
from .state import Message, MessageState, Session

ABORTED = "MessageAbortedError"


def settle(session: Session, out: list[Change]) -> None:
    """Bring the state of all unsettled messages up to date, and report what changed."""
    for id in sorted(session.unsettled):
        message = session.messages[id]
        _move(session, message, judge(session, message), out)
        if _is_settled(session, message):
            session.unsettled.discard(id)


def judge(session: Session, message: Message) -> MessageState:
    """How far a message is."""
    if message.info.error is not None:
        return MessageState.INTERRUPTED if message.info.error.name == ABORTED else MessageState.FAILED
    if message.local:
        return MessageState.SENDING
    if message.role is Role.USER:
        return MessageState.QUEUED if _waits(session, message) else MessageState.COMPLETE
    if message.info.completed is not None or message.role is Role.NOTICE:
        return MessageState.COMPLETE
    return MessageState.STREAMING if session.busy else MessageState.INTERRUPTED


def _waits(session: Session, prompt: Message) -> bool:
    if prompt.info.queued is not None or not session.busy:
        return bool(prompt.info.queued)
    return any(_runs_before(session.messages[id], prompt) for id in session.unsettled)


def _runs_before(other: Message, prompt: Message) -> bool:
    runs = other.role is Role.ASSISTANT and is_running(other)
    return runs and other.info.parent != prompt.id and other.order < prompt.order


def is_running(message: Message) -> bool:
    """Has an answer neither end nor error?"""
    return message.info.completed is None and message.info.error is None


def _is_settled(session: Session, message: Message) -> bool:
    if message.local:
        return False
    if message.role is Role.USER:
        return not session.busy and message.info.queued is not True
    return message.role is Role.NOTICE or not is_running(message)


def _move(session: Session, message: Message, state: MessageState, out: list[Change]) -> None:
    if message.state is state:
        return
    was, message.state = message.state, state
    out.append(MessageChanged(session.id, message.id))
    if was is MessageState.STREAMING:
        out.extend(PartChanged(session.id, message.id, part.id) for part in message.parts if not part.ended)
