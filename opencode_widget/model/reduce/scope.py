"""Which events concern an instance: the stream of a server may carry the events of every folder."""

from __future__ import annotations

from ..dialects import Decoded
from ..events import Event, SessionErrored, SessionEvent, SessionUpserted
from ..state import State


def concerns(state: State, decoded: Decoded) -> bool:
    """Is an event about the folder of this instance, or about a session of ours in another folder (a worktree)?"""
    if decoded.directory is None or state.directory is None or decoded.directory == state.directory:
        return True
    return any(_is_of(state, event) for event in decoded.events)


def _is_of(state: State, event: Event) -> bool:
    if isinstance(event, SessionUpserted) and _is_ours(state, event.info.parent):
        return True
    return isinstance(event, SessionEvent | SessionErrored) and _is_ours(state, event.session_id)


def _is_ours(state: State, session_id: str | None) -> bool:
    return session_id in state.sessions or session_id in state.buffered_births
