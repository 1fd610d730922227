"""Each field of each event and answer that was recorded, replaced by each kind of JSON: whatever a server gets wrong, nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from opencode_widget.model.dialects import Decode, v1
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from opencode_widget.model.view import oddities_view, requests_view, sessions_view, transcript_view

from ..model.recordings import RECORDINGS

Path = tuple[str | int, ...]
GONE = object()
WRONG = [None, True, 0, -1.5, 10**30, "", "text", "\ud800", [], [1, None, "x", {}], {}, {"x": 1, "id": None}, GONE]


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Where in JSON there is anything; of a list the first entry stands for all."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*at, key))


def replaced(value: Any, at: Path, wrong: Any) -> Any:
    """A copy with something else in one place."""
    if not at:
        return None if wrong is GONE else wrong
    copy = deepcopy(value)
    holder = copy
    for key in at[:-1]:
        holder = holder[key]
    if wrong is GONE:
        del holder[at[-1]]
    else:
        holder[at[-1]] = wrong
    return copy


def one_of_each(events: Iterator[Any], kind: Callable[[Any], object]) -> list[tuple[Any, Path]]:
    """Each place in which a field of some kind of event was seen, once."""
    seen: dict[tuple[object, Path], tuple[Any, Path]] = {}
    for event in events:
        for place in places(event):
            seen.setdefault((kind(event), place), (event, place))
    return list(seen.values())


def kind_of(event: Any) -> tuple[str, str]:
    said = event.get("payload", event)
    properties = said.get("properties") or said.get("data") or {}
    part = properties.get("part") or {}
    return said["type"], f"{part.get('type')} {part.get('tool')} {part.get('state', {}).get('status')}"


def survives(state: State, decode: Decode, event: Any) -> None:
    """The state takes it, once more too, and what goes to a page can be sent."""
    patch = Patch("i", state)
    patch.show(next(iter(state.sessions), None))
    for _ in range(2):
        for one in decode(event).events:
            patch.add(apply(state, one))
    sessions = [transcript_view("i", session) for session in state.sessions.values()]
    for shown in (patch.take(), sessions, sessions_view(state), requests_view(state), oddities_view(state)):
        json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()


FRAMES = one_of_each((frame for one in RECORDINGS for frame in one.frames), kind_of)
STATES = [recording.final for recording in RECORDINGS if "tools" in str(recording)]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "gone" if wrong is GONE else ascii(wrong))
def test_no_field_of_an_event_of_1x_has_to_be_right(wrong: Any) -> None:
    assert len(FRAMES) > 500
    state = deepcopy(STATES[0])
    for event, place in FRAMES:
        survives(state, v1.decode, replaced(event, place, wrong))
