"""Prompts that wait in this kernel until the turn of their session has ended: they can be edited, moved, removed and sent at once.

OpenCode 1.x takes a prompt that comes during a turn along at the turn's next step, and lets nobody take it back. So the kernel keeps those
that the user wants to go later:

1. The queue belongs to the session in this kernel: pages come and go, and a server may restart. It ends with the kernel.
2. When the session comes to rest, the first prompt goes; when the turn of that has ended, the next one.
3. Where a turn fails or is stopped, or a prompt cannot be sent, nothing goes any more: what follows may rest on what failed. The prompts
   stay, with the reason, until the user sends one of them; then the others follow again.
4. A prompt that is sent at once while a turn runs goes to the server, which takes it along.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from ...context.names import mentioned
from ...context.sending import describes
from ...errors import Closed, NotFound, OpenCodeError, RequestFailed
from ...ids import make_id
from ...model import events as e
from ...model.bounds.window import is_visible
from ...model.entities import ABORTED, PromptQueue, QueuedPrompt, Role
from ...model.reduce.message_state import is_running
from ...model.state import Message, MessageState, Session
from ...server.api import Attachment
from ...sync.runtime import InstanceRuntime
from ..options import DEFAULTS, PromptOptions
from ..turn import GRACE, Turn
from . import STOPPED, prompt, stop_queue

# How many prompts may wait in one session.
MOST = 100


def add(runtime: InstanceRuntime, session_id: str, text: str, options: PromptOptions = DEFAULTS) -> str:
    """Queue a prompt behind the others. It goes at once if the session is at rest and nothing waits.

    Returns:
        Our id for it, while it waits.

    Raises:
        NotFound: there is no such session.
        RequestFailed: too many wait already.
    """
    queue = runtime.session(session_id).queue
    if len(queue.prompts) >= MOST:
        raise RequestFailed(f"{MOST} prompts wait in this session already.", remedy="Remove some, or send one now.")
    queued = QueuedPrompt(make_id("que"), text, _file_names(options.files), options)
    _change(runtime, session_id, replace(queue, prompts=(*queue.prompts, queued)))
    _start(runtime, session_id)
    return queued.id


def new_names(runtime: InstanceRuntime, session_id: str, id: str, text: str) -> str:
    """The names (`@var:df`) of an edited text that the waiting prompt lacks, as a text. The caller has them described, and calls `edit`.

    What the prompt named before was described when it was queued, and may be gone since.

    Raises:
        NotFound: it waits no more.
    """
    queue, at = _find(runtime, session_id, id)
    known = mentioned(queue.prompts[at].text)
    return " ".join(name.text for name in mentioned(text) if name not in known)


def edit(runtime: InstanceRuntime, session_id: str, id: str, text: str, named: tuple[Attachment, ...] = ()) -> None:
    """Change the text of a prompt that waits. What the new text no longer mentions or names does not go with it.

    Args:
        runtime: the instance.
        session_id: the session in which it waits.
        id: the prompt.
        text: its new text.
        named: descriptions of the names that are new in it.

    Raises:
        NotFound: it waits no more.
    """
    queue, at = _find(runtime, session_id, id)
    old: QueuedPrompt = queue.prompts[at]
    options: PromptOptions = old.options
    mentions = tuple(
        replace(mention, start=start, end=start + mention.end - mention.start)
        for mention in options.mentions
        if (start := text.find(old.text[mention.start : mention.end])) >= 0
    )
    gone = [name for name in mentioned(old.text) if name not in mentioned(text)]
    files = (*(file for file in options.files if not any(describes(file, name) for name in gone)), *named)
    changed = replace(
        old, text=text, files=_file_names(files), options=replace(options, mentions=mentions, files=files)
    )
    _change(runtime, session_id, replace(queue, prompts=(*queue.prompts[:at], changed, *queue.prompts[at + 1 :])))


def move(runtime: InstanceRuntime, session_id: str, id: str, to: int) -> None:
    """Move a prompt that waits to another place; 0 goes next.

    Raises:
        NotFound: it waits no more.
    """
    queue, at = _find(runtime, session_id, id)
    prompts = list(queue.prompts)
    prompts.insert(max(0, to), prompts.pop(at))
    _change(runtime, session_id, replace(queue, prompts=tuple(prompts)))


def remove(runtime: InstanceRuntime, session_id: str, id: str) -> QueuedPrompt:
    """Take a prompt out of the queue.

    Raises:
        NotFound: it waits no more.
    """
    queue, at = _find(runtime, session_id, id)
    prompts = (*queue.prompts[:at], *queue.prompts[at + 1 :])
    _change(runtime, session_id, replace(queue, prompts=prompts, stopped=queue.stopped if prompts else ""))
    return queue.prompts[at]


async def send_now(runtime: InstanceRuntime, session_id: str, id: str) -> None:
    """Send a prompt that waits at once; a queue that had stopped goes on after its turn.

    Raises:
        NotFound: it waits no more.
        OpenCodeError: the server did not take it. It waits as before.
    """
    if not runtime.session(session_id).has_turn:
        move(runtime, session_id, id, 0)
        queue, _ = _find(runtime, session_id, id)
        _change(runtime, session_id, replace(queue, stopped=""))
        _start(runtime, session_id)
        return
    queued = remove(runtime, session_id, id)
    try:
        await prompt(runtime, session_id, queued.text, queued.options)
    except BaseException:
        _put_back(runtime, session_id, queued)
        raise
    _change(runtime, session_id, replace(runtime.session(session_id).queue, stopped=""))


def _file_names(files: tuple[Attachment, ...]) -> tuple[str, ...]:
    return tuple(file.filename or file.mime for file in files)


def _find(runtime: InstanceRuntime, session_id: str, id: str) -> tuple[PromptQueue, int]:
    queue = runtime.session(session_id).queue
    at = next((at for at, prompt in enumerate(queue.prompts) if prompt.id == id), None)
    if at is None:
        raise NotFound("This prompt no longer waits.", remedy="It was sent or removed meanwhile.")
    return queue, at


def _put_back(runtime: InstanceRuntime, session_id: str, queued: QueuedPrompt) -> None:
    session = runtime.state.sessions.get(session_id)
    if session is not None:
        _change(runtime, session_id, replace(session.queue, prompts=(queued, *session.queue.prompts)))


def _change(runtime: InstanceRuntime, session_id: str, queue: PromptQueue) -> None:
    runtime.access.check_writable()
    runtime.apply(e.QueueChanged(session_id=session_id, queue=queue))


# ---- sending them -----------------------------------------------------------------------------------------------------


def _start(runtime: InstanceRuntime, session_id: str) -> None:
    """Send the prompts of a session one after the other, unless that goes on already."""
    if session_id not in runtime.queues:
        runtime.queues.add(session_id)
        runtime.spawn(_send_all(runtime, session_id))


async def _send_all(runtime: InstanceRuntime, session_id: str) -> None:
    try:
        with suppress(Closed, NotFound):
            while runtime.session(session_id).queue.prompts:
                await _send_next(runtime, session_id)
    finally:
        runtime.queues.discard(session_id)


async def _send_next(runtime: InstanceRuntime, session_id: str) -> None:
    """Wait until the first prompt may go, send it, and wait for the end of its turn.

    Raises:
        NotFound: the session was deleted.
    """
    ran = False  # a turn, since the queue was stopped or began

    def may_go() -> bool:
        nonlocal ran
        session = runtime.session(session_id)
        ran = (ran or not _is_at_rest(session)) and not session.queue.stopped
        return _may_go(runtime, session)

    await runtime.condition.wait_for(may_go)
    if ran and (reason := await _failure(runtime, session_id)):
        return stop_queue(runtime, session_id, reason)
    session = runtime.session(session_id)
    if not _is_at_rest(session) or session.queue.stopped or not session.queue.prompts:
        return None
    queued = remove(runtime, session_id, session.queue.prompts[0].id)
    with Turn(runtime, session_id) as turn:
        try:
            turn.prompt = await prompt(runtime, session_id, queued.text, queued.options)
        except OpenCodeError as error:
            _put_back(runtime, session_id, queued)
            return stop_queue(runtime, session_id, f"A prompt could not be sent: {error}")
        except asyncio.CancelledError:
            _put_back(runtime, session_id, queued)
            raise
        try:
            reason = _reason(await turn.end())
        except OpenCodeError as error:
            reason = f"The turn failed: {error}"
    if reason and not runtime.session(session_id).queue.stopped:
        stop_queue(runtime, session_id, reason)
    return None


def _may_go(runtime: InstanceRuntime, session: Session) -> bool:
    """Has the first prompt its turn, or is there none to wait for any more?"""
    if not session.queue.prompts:
        return True
    return runtime.is_live and _is_at_rest(session) and not session.queue.stopped


def _is_at_rest(session: Session) -> bool:
    """Does no turn run, and is none about to begin for a prompt that the server has, or is getting?"""
    if session.has_turn:
        return False
    newest_first = (session.messages[id] for id in reversed(session.ids))
    newest = next((message for message in newest_first if is_visible(session, message)), None)
    return newest is None or newest.role is not Role.USER or newest.state is MessageState.UNANSWERED


async def _failure(runtime: InstanceRuntime, session_id: str) -> str:
    """Why nothing may go after the turn that just ended; "" if it ended well. Its answer may end a moment after the turn."""

    def latest() -> Message | None:
        return next(iter(runtime.session(session_id).latest_answers()), None)

    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE):
            await runtime.condition.wait_for(lambda: (answer := latest()) is None or not is_running(answer))
    answer = latest()
    return "" if answer is None else _reason(answer)


def _reason(answer: Message) -> str:
    if answer.state is MessageState.INTERRUPTED or (answer.error is not None and answer.error.name == ABORTED):
        return STOPPED
    return f"The turn failed: {answer.error.message}" if answer.error is not None else ""
