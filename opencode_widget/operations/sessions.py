"""What is done with whole sessions. A call comes back when what it did is in the state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..model import events as e
from ..model.entities import JSON, FileDiff, SessionInfo
from ..model.state import Session
from ..server.api import Client
from ..sync.runtime import InstanceRuntime

# Seconds in which the event of something done comes; it will come later else.
SOON = 3.0


async def rename(runtime: InstanceRuntime, session_id: str, title: str) -> None:
    """Give a session a title."""
    await (await _reach(runtime, session_id)).rename(session_id, title)
    _patch(runtime, session_id, title=title)


async def delete(runtime: InstanceRuntime, session_id: str) -> None:
    """Delete a session, with its sub-agents'."""
    client = await _reach(runtime, session_id)
    runtime.expect_rejections(session_id)
    await client.delete(session_id)
    runtime.apply(e.SessionRemoved(session_id=session_id))


async def archive(runtime: InstanceRuntime, session_id: str, *, archived: bool) -> None:
    """Put a session away, or take it back; one that is put away is no longer looked at."""
    await (await _reach(runtime, session_id)).archive(session_id, archived=archived)
    await _until(runtime, session_id, lambda info: (info.archived is not None) is archived)
    if archived and runtime.selected == session_id:
        runtime.select(None)


async def fork(runtime: InstanceRuntime, session_id: str, before: str | None = None, *, select: bool = True) -> Session:
    """Copy a session, or its messages before one, and look at the copy."""
    info = await (await _reach(runtime, session_id)).fork(session_id, before)
    await runtime.ready()
    if info.id not in runtime.state.sessions:
        runtime.apply(e.SessionUpserted(session_id=info.id, info=info))
    await runtime.history.refetch(info.id)  # its birth may have been heard, but not all that was copied into it
    if select:
        runtime.select(info.id)
    return runtime.session(info.id)


async def revert(runtime: InstanceRuntime, session_id: str, message_id: str, part_id: str | None = None) -> None:
    """Take back a message and all after it."""
    before = runtime.session(session_id).info.revert
    await (await _reach(runtime, session_id)).revert(session_id, message_id, part_id)
    await _until(runtime, session_id, lambda info: info.revert not in (None, before) or info.revert == message_id)


async def unrevert(runtime: InstanceRuntime, session_id: str) -> None:
    """Restore what was taken back."""
    await (await _reach(runtime, session_id)).unrevert(session_id)
    await _until(runtime, session_id, lambda info: info.revert is None)


async def share(runtime: InstanceRuntime, session_id: str, *, shared: bool) -> str | None:
    """Make a session public, or private again; its address where it is public."""
    url = await (await _reach(runtime, session_id)).share(session_id, shared=shared)
    _patch(runtime, session_id, share=url)
    return url


async def diff(runtime: InstanceRuntime, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
    """What a session, or the turn of one prompt, changed in files."""
    return await (await _reach(runtime, session_id)).diff(session_id, message_id)


async def _reach(runtime: InstanceRuntime, session_id: str) -> Client:
    runtime.session(session_id)
    return await runtime.reach()


def _patch(runtime: InstanceRuntime, session_id: str, **changes: object) -> None:
    data: JSON = changes
    runtime.apply(e.SessionPatched(session_id=session_id, changes=data))


async def _until(runtime: InstanceRuntime, session_id: str, done: Callable[[SessionInfo], bool]) -> None:
    """Wait for the event of what the server said it did."""

    def is_done() -> bool:
        session = runtime.state.sessions.get(session_id)
        return session is None or done(session.info)

    with suppress(TimeoutError):
        async with asyncio.timeout(SOON):
            await runtime.condition.wait_for(is_done)
