"""What the 2.x runtime inside 1.18 really sent, replayed: received whole, fetched, or cut and continued by the log, it is one state."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.read import each
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import BUSY, Request
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from tests.support.v2_preview import events as v2_preview

from ..builders import DIRECTORY

ROOT = Path(__file__).parents[2] / "recordings" / "v2_preview"


@dataclass(frozen=True)
class Recording:
    """One scenario; see `tests/record_v2_preview.py`."""

    file: Path

    def __str__(self) -> str:
        return f"{self.file.parent.name}/{self.file.stem}"

    @cached_property
    def data(self) -> dict[str, Any]:
        return json.loads(self.file.read_text())  # type: ignore[no-any-return]

    @cached_property
    def decoded(self) -> list[Decoded]:
        return [v2_preview.decode(event) for event in self.data["events"]]

    @cached_property
    def log(self) -> list[Decoded]:
        """What the server's own log has, which is not what we received."""
        return [v2_preview.decode(event) for event in self.data["history"]]

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        permissions = each(self.data["permissions"], objects.permission)
        return (*permissions, *each(self.data["questions"], v1_objects.question))

    @cached_property
    def overview(self) -> e.Overview:
        """What a client that comes at the end fetches, without messages."""
        info = objects.session_info(self.data["session"])
        return e.Overview((info,), dict.fromkeys(self.data["active"], BUSY), self.requests)

    @cached_property
    def history(self) -> e.History:
        id = self.data["session"]["id"]
        listed = [v2_preview.message(message) for message in reversed(self.data["messages"])]
        read = (*objects.messages(id, listed), *objects.waiting(id, v2_preview.waiting(self.data["history"])))
        todos = objects.last_todos(part for _, parts in read for part in parts)
        return e.History(id, tuple(e.LoadedMessage(info, parts) for info, parts in read), todos=todos)

    def replay(self, place: int) -> e.Replay:
        """The log after an event's number."""
        later = (
            decoded for decoded in self.log if decoded.log_position is not None and decoded.log_position[1] > place
        )
        return e.Replay(self.data["session"]["id"], tuple(event for decoded in later for event in decoded.events))


RECORDINGS = [Recording(file) for file in sorted(ROOT.glob("*/*.json"))]
pytestmark = pytest.mark.parametrize("recording", RECORDINGS, ids=str)


def facts(state: State) -> dict[str, Any]:
    """All that the server vouches for; of the session's own facts those that this runtime's events tell."""
    (session,) = state.sessions.values()
    info = replace(session.info, updated=0, cost=None, tokens=None)
    prints = state.fingerprint()[session.id]
    return {
        **prints,
        "info": info,
        "todos": session.todos,
        "requests": sorted(state.requests.values(), key=lambda request: request.id),
        "gaps": [part.id for message in session for part in message.parts if part.gap],
        "states": [message.state for message in session],
        "misunderstood": dict(state.oddities),
    }


def listening() -> State:
    state = State(directory=DIRECTORY)
    apply(state, e.Connected())
    apply(state, e.Loaded(overview=e.Overview()))
    return state


def receive(state: State, events: list[Decoded]) -> None:
    for decoded in events:
        for event in decoded.events:
            apply(state, event)


def fetched(recording: Recording) -> State:
    state = State(directory=DIRECTORY)
    apply(state, e.Connected())
    apply(state, e.Loaded(overview=replace(recording.overview, histories=(recording.history,))))
    return state


def whole(recording: Recording) -> State:
    state = listening()
    receive(state, recording.decoded)
    return state


def test_heard_whole_it_is_what_is_fetched(recording: Recording) -> None:
    assert facts(whole(recording)) == facts(fetched(recording))


def test_the_log_alone_is_what_is_fetched(recording: Recording) -> None:
    state = listening()
    receive(state, [decoded for decoded in recording.decoded if decoded.name == "session.created"])
    receive(state, recording.log)
    assert facts(state)["messages"] == facts(fetched(recording))["messages"]


def test_every_cut_is_healed_by_the_log_from_where_it_was(recording: Recording) -> None:
    wanted = facts(whole(recording))
    place = 0
    for cut in range(1, len(recording.decoded) + 1):
        place = max(place, (recording.decoded[cut - 1].log_position or ("", 0))[1])
        state = listening()
        receive(state, recording.decoded[:cut])
        apply(state, e.Lost())
        apply(state, e.Connected())
        apply(state, e.Loaded(overview=replace(recording.overview, replays=(recording.replay(place),))))
        assert facts(state) == wanted, f"cut after {cut} events"


def test_every_cut_is_healed_by_a_history(recording: Recording) -> None:
    wanted = facts(fetched(recording))
    for cut in range(1, len(recording.decoded) + 1):
        state = listening()
        receive(state, recording.decoded[:cut])
        for event in (
            e.Lost(),
            e.Connected(),
            e.Loaded(overview=replace(recording.overview, histories=(recording.history,))),
        ):
            apply(state, event)
        assert facts(state) == wanted, f"cut after {cut} events"


def test_a_history_and_all_that_the_log_has_from_any_number_agree(recording: Recording) -> None:
    """A client that fetched, and then receives again what was fetched already, is where the others are."""
    wanted = facts(fetched(recording))["messages"]
    for decoded in recording.log:
        assert decoded.log_position is not None
        state = fetched(recording)
        apply(state, e.Lost())
        apply(state, e.Connected())
        apply(
            state, e.Loaded(overview=replace(recording.overview, replays=(recording.replay(decoded.log_position[1]),)))
        )
        assert facts(state)["messages"] == wanted, f"from number {decoded.log_position[1]}"
