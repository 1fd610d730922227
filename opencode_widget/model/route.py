"""Which events of a server concern an instance: a stream may carry those of every folder."""

from __future__ import annotations

from collections.abc import Container

from .dialects import Decoded
from .events import Event, SessionErrored, SessionEvent, SessionUpserted
from .state import State


def concerns(state: State, decoded: Decoded) -> bool:
    """Is it about this instance's folder, or about a session of ours that lives in another (a worktree)?"""
    if decoded.directory is None or state.directory is None or decoded.directory == state.directory:
        return True
    ours = state.sessions.keys() | {event.session_id for event in state.held if isinstance(event, SessionUpserted)}
    return any(_is_of(ours, event) for event in decoded.events)


def _is_of(ours: Container[str | None], event: Event) -> bool:
    if isinstance(event, SessionUpserted) and event.info.parent in ours:
        return True
    return isinstance(event, SessionEvent | SessionErrored) and event.session_id in ours
