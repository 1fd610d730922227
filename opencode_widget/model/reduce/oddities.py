"""Events that were not understood or had no room, counted by their name."""

from __future__ import annotations

from .. import events as e
from ..state import State
from .changes import Change, InstanceChanged

# The name under which events are counted for which there was no room.
DROPPED = "(dropped)"


def count(state: State, event: e.Unknown | e.Malformed, out: list[Change]) -> None:
    """Count an event that was not understood, and report the first of its name."""
    if state.count_oddity(event.name, event.reason if isinstance(event, e.Malformed) else ""):
        out.append(InstanceChanged())


def count_missed(state: State, out: list[Change]) -> None:
    """Count events that were dropped with those that were not understood."""
    if state.count_oddity(DROPPED, "There was no room for it; what can be fetched again is."):
        out.append(InstanceChanged())
