"""Operations on whole sessions. Each returns when its effect is in the state, not only when the server has confirmed it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..errors import RequestFailed
from ..model import events as e
from ..model.entities import JSON, FileDiff, SessionInfo
from ..model.state import Session
from ..server.api import Client
from ..sync.runtime import InstanceRuntime

# Seconds to wait for the event about what the server confirmed; later it is applied when it comes.
EVENT_WAIT = 3.0
# A server says that a turn has ended a moment before it lets go of the session, and refuses a revert until then (409). Seconds before each
# further attempt; None: there is none.
BUSY_PAUSES = (0.2, 0.5, 1.0, None)
CONFLICT = 409


async def rename(runtime: InstanceRuntime, session_id: str, title: str) -> None:
    """Change the title of a session."""
    await (await _reach(runtime, session_id)).rename(session_id, title)
    _patch(runtime, session_id, title=title)


async def delete(runtime: InstanceRuntime, session_id: str) -> None:
    """Delete a session and its sub-agents' sessions."""
    client = await _reach(runtime, session_id)
    # The server rejects the requests that wait in the session: the events about that must not name another program.
    runtime.expect_rejections(session_id)
    await client.delete(session_id)
    runtime.apply(e.SessionRemoved(session_id=session_id))


async def archive(runtime: InstanceRuntime, session_id: str, *, archived: bool) -> None:
    """Archive a session and deselect it, or take it out of the archive."""
    await (await _reach(runtime, session_id)).archive(session_id, archived=archived)
    await _until(runtime, session_id, lambda info: (info.archived is not None) is archived)
    if archived and runtime.selected == session_id:
        runtime.select(None)


async def fork(runtime: InstanceRuntime, session_id: str, before: str | None = None, *, select: bool = True) -> Session:
    """Copy a session, or only its messages before the message `before`, and select the copy.

    Returns:
        The copy, with its messages.
    """
    info = await (await _reach(runtime, session_id)).fork(session_id, before)
    await runtime.ready()
    if info.id not in runtime.state.sessions:
        runtime.apply(e.SessionUpserted(session_id=info.id, info=info))
    await runtime.history.refetch(
        info.id
    )  # the server sends an event about the copy, but none about the messages in it
    if select:
        runtime.select(info.id)
    return runtime.session(info.id)


async def revert(runtime: InstanceRuntime, session_id: str, message_id: str, part_id: str | None = None) -> None:
    """Take back a message, or one part of it, and all after it."""
    before = runtime.session(session_id).info.revert
    for pause in BUSY_PAUSES:
        try:
            await (await _reach(runtime, session_id)).revert(session_id, message_id, part_id)
            break
        except RequestFailed as problem:
            if problem.status != CONFLICT or runtime.session(session_id).busy or pause is None:
                raise
            await asyncio.sleep(pause)
    await _until(runtime, session_id, lambda info: info.revert not in (None, before) or info.revert == message_id)


async def unrevert(runtime: InstanceRuntime, session_id: str) -> None:
    """Restore the messages that a revert took back."""
    await (await _reach(runtime, session_id)).unrevert(session_id)
    await _until(runtime, session_id, lambda info: info.revert is None)


async def undo(runtime: InstanceRuntime, session_id: str) -> str:
    """Take back the last prompt that no revert hides, and all after it. Returns its text.

    Raises:
        RequestFailed: there is no such prompt.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    await runtime.history.open(session_id)
    prompt = runtime.session(session_id).last_prompt
    if prompt is None:
        raise RequestFailed("There is no prompt to take back.", remedy="Send one first.")
    await revert(runtime, session_id, prompt.id)
    return prompt.text


async def redo(runtime: InstanceRuntime, session_id: str) -> None:
    """Restore the first prompt that a revert hides, with its answer. The server has no call for it: it reverts to the next prompt instead.

    Raises:
        RequestFailed: no revert hides anything.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    session = runtime.session(session_id)
    if session.info.revert is None:
        raise RequestFailed("Nothing was taken back that could be restored.")
    await runtime.history.open(session_id)
    later = [id for id in session.reverted_prompts if id != session.info.revert]
    if later:
        await revert(runtime, session_id, later[0])
    else:
        await unrevert(runtime, session_id)


async def share(runtime: InstanceRuntime, session_id: str, *, shared: bool) -> str | None:
    """Make a session public, and return its address; or make it private again."""
    url = await (await _reach(runtime, session_id)).share(session_id, shared=shared)
    _patch(runtime, session_id, share=url)
    return url


async def diff(runtime: InstanceRuntime, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
    """The files that a session changed, or the turn of the prompt `message_id`."""
    return await (await _reach(runtime, session_id)).diff(session_id, message_id)


async def _reach(runtime: InstanceRuntime, session_id: str) -> Client:
    runtime.session(session_id)
    return await runtime.reach()


def _patch(runtime: InstanceRuntime, session_id: str, **changes: object) -> None:
    data: JSON = changes
    runtime.apply(e.SessionPatched(session_id=session_id, changes=data))


async def _until(runtime: InstanceRuntime, session_id: str, done: Callable[[SessionInfo], bool]) -> None:
    """Wait until the event about what the server confirmed has come, or the session is gone."""

    def is_done() -> bool:
        session = runtime.state.sessions.get(session_id)
        return session is None or done(session.info)

    with suppress(TimeoutError):
        async with asyncio.timeout(EVENT_WAIT):
            await runtime.condition.wait_for(is_done)
