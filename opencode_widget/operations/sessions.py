"""What is done with whole sessions. A call comes back when what it did is in the state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..model import events as e
from ..model.entities import JSON, FileDiff, SessionInfo
from ..model.state import Session
from ..server.api import Client
from ..sync.history import Conversations

# Seconds in which the event of something done comes; it will come later else.
SOON = 3.0


async def rename(one: Conversations, session_id: str, title: str) -> None:
    """Give a session a title."""
    await (await _reach(one, session_id)).rename(session_id, title)
    _patch(one, session_id, title=title)


async def delete(one: Conversations, session_id: str) -> None:
    """Delete a session, with its sub-agents'."""
    client = await _reach(one, session_id)
    one.expect_rejections(session_id)
    await client.delete(session_id)
    one.apply(e.SessionRemoved(session_id=session_id))


async def archive(one: Conversations, session_id: str, *, archived: bool) -> None:
    """Put a session away, or take it back; one that is put away is no longer looked at."""
    await (await _reach(one, session_id)).archive(session_id, archived=archived)
    await _until(one, session_id, lambda info: (info.archived is not None) is archived)
    if archived and one.selected == session_id:
        one.select(None)


async def fork(one: Conversations, session_id: str, before: str | None = None, *, select: bool = True) -> Session:
    """Copy a session, or its messages before one, and look at the copy."""
    info = await (await _reach(one, session_id)).fork(session_id, before)
    await one.ready()
    if info.id not in one.state.sessions:
        one.apply(e.SessionUpserted(session_id=info.id, info=info))
    await one.refetch(info.id)  # its birth may have been heard, but not all that was copied into it
    if select:
        one.select(info.id)
    return one.session(info.id)


async def revert(one: Conversations, session_id: str, message_id: str, part_id: str | None = None) -> None:
    """Take back a message and all after it."""
    before = one.session(session_id).info.revert
    await (await _reach(one, session_id)).revert(session_id, message_id, part_id)
    await _until(one, session_id, lambda info: info.revert not in (None, before) or info.revert == message_id)


async def unrevert(one: Conversations, session_id: str) -> None:
    """Restore what was taken back."""
    await (await _reach(one, session_id)).unrevert(session_id)
    await _until(one, session_id, lambda info: info.revert is None)


async def share(one: Conversations, session_id: str, *, shared: bool) -> str | None:
    """Make a session public, or private again; its address where it is public."""
    url = await (await _reach(one, session_id)).share(session_id, shared=shared)
    _patch(one, session_id, share=url)
    return url


async def diff(one: Conversations, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
    """What a session, or the turn of one prompt, changed in files."""
    return await (await _reach(one, session_id)).diff(session_id, message_id)


async def _reach(one: Conversations, session_id: str) -> Client:
    one.session(session_id)
    return await one.reach()


def _patch(one: Conversations, session_id: str, **changes: object) -> None:
    said: JSON = changes
    one.apply(e.SessionPatched(session_id=session_id, changes=said))


async def _until(one: Conversations, session_id: str, done: Callable[[SessionInfo], bool]) -> None:
    """Wait for the event of what the server said it did."""

    def is_done() -> bool:
        session = one.state.sessions.get(session_id)
        return session is None or done(session.info)

    with suppress(TimeoutError):
        async with asyncio.timeout(SOON):
            await one.watch.until(is_done)
