"""Which events of a server concern an instance: a stream may carry those of every folder."""

from __future__ import annotations

from .dialects import Decoded
from .events import Event, SessionErrored, SessionEvent, SessionUpserted
from .state import State


def concerns(state: State, decoded: Decoded) -> bool:
    """Is it about this instance's folder, or about a session of ours that lives in another (a worktree)?"""
    if decoded.directory is None or state.directory is None or decoded.directory == state.directory:
        return True
    return any(_is_ours(state, event) for event in decoded.events)


def _is_ours(state: State, event: Event) -> bool:
    if isinstance(event, SessionUpserted) and event.info.parent in state.sessions:
        return True
    if isinstance(event, SessionEvent | SessionErrored):
        return event.session_id in state.sessions
    return False
