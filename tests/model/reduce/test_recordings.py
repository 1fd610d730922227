"""What a real server sent, replayed: whichever way a client came to its state, it is the one that the server has at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State

from ..builders import DIRECTORY, empty
from ..recorded import RECORDINGS, Recording, receive

# Deleting a message takes its tokens off the session's sum, and no event says so: the next event of the session will.
UNTOLD = {"delete-message": {"cost": None, "tokens": None}}

pytestmark = pytest.mark.parametrize("recording", RECORDINGS, ids=str)


def facts(state: State, recording: Recording) -> dict[str, Any]:
    """All that the server vouches for. Requests in no order: the server's list groups them by kind, the stream by time."""
    untold = UNTOLD.get(recording.folder.name, {})
    prints = state.fingerprint().items()
    return {
        "sessions": {id: {**item, "info": replace(item["info"], **untold)} for id, item in prints},
        "todos": {id: session.todos for id, session in state.sessions.items()},
        "requests": sorted(state.requests.values(), key=lambda request: request.id),
        "misunderstood": dict(state.oddities),
    }


def test_replaying_all_events_ends_where_fetching_ends(recording: Recording) -> None:
    state = empty()
    for decoded in recording.decoded:
        receive(state, decoded)
    assert facts(state, recording) == facts(recording.final, recording)


def test_every_cut_is_healed_by_fetching(recording: Recording) -> None:
    wanted = facts(recording.final, recording)
    for cut in range(len(recording.decoded) + 1):
        state = empty()
        for decoded in recording.decoded[:cut]:
            receive(state, decoded)
        for event in (e.Lost(), e.Connected(), e.Loaded(overview=recording.overview)):
            apply(state, event)
        assert facts(state, recording) == wanted, f"cut after {cut} events"


def test_events_buffered_while_fetching_change_nothing(recording: Recording) -> None:
    """The fetch is newer than all that was held: each event states what is already known, or less."""
    state = State(directory=DIRECTORY)
    apply(state, e.Connected())
    for decoded in recording.decoded:
        receive(state, decoded)
    apply(state, e.Loaded(overview=recording.overview))
    assert facts(state, recording) == facts(recording.final, recording)


def test_every_event_is_understood(recording: Recording) -> None:
    state = empty()
    for decoded in recording.decoded:
        receive(state, decoded)
    assert not state.oddities
