"""How far a message is: read off what the server says of it and of its session.

- A prompt is SENDING until the server's own event for it, then COMPLETE; QUEUED while a turn that is not its own runs before it.
- An answer is STREAMING while its session works on it, COMPLETE once it has an end, FAILED or INTERRUPTED by its error.
- An answer without an end in a session at rest was cut off: INTERRUPTED. No server repairs such a message after a crash.
"""

from __future__ import annotations

from .changes import Change, MessageChanged, MessageGone, PartChanged
from .infos import Role
from .state import Message, MessageState, Session

ABORTED = "MessageAbortedError"


def settle(session: Session, out: list[Change]) -> None:
    """Bring the state of all unsettled messages up to date, and report what changed."""
    running = [message for id in session.unsettled if is_running(message := session.messages[id])]
    for id in sorted(session.unsettled):
        message = session.messages[id]
        _move(session, message, judge(session, message, running), out)
        if _is_settled(session, message):
            session.unsettled.discard(id)


def judge(session: Session, message: Message, running: list[Message]) -> MessageState:
    """How far a message is, where these answers have neither end nor error."""
    if message.info.error is not None:
        return MessageState.INTERRUPTED if message.info.error.name == ABORTED else MessageState.FAILED
    if message.local:
        return MessageState.SENDING
    if message.role is Role.USER:
        return MessageState.QUEUED if _waits(session, message, running) else MessageState.COMPLETE
    if message.info.completed is not None or message.role is Role.NOTICE:
        return MessageState.COMPLETE
    return MessageState.STREAMING if session.busy else MessageState.INTERRUPTED


def _waits(session: Session, prompt: Message, running: list[Message]) -> bool:
    if prompt.info.queued is not None or not session.busy:
        return bool(prompt.info.queued)
    return any(other.info.parent != prompt.id and other.order < prompt.order for other in running)


def is_running(message: Message) -> bool:
    """Is it an answer with neither end nor error?"""
    return message.role is Role.ASSISTANT and message.info.completed is None and message.info.error is None


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


def drop_told_notices(session: Session, out: list[Change]) -> None:
    """An error may come before the message that it belongs to says it: then it stands there, and nowhere else."""
    if not session.notices:
        return
    told = {message.info.error for message in session if message.role is not Role.NOTICE}
    for notice in [message for message in session if message.role is Role.NOTICE and message.info.error in told]:
        session.drop(notice.id)
        out.append(MessageGone(session.id, notice.id))
