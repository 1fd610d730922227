"""What a server says, spoilt by chance: decoder and reducer take a million of it without a fault.

`FUZZ=1000000 pytest tests/faults/test_fuzz.py` for the night's number. A failure names the seed of its input: `FUZZ_SEED=17` replays it.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decode, classic
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.requests.view import requests_view
from opencode_widget.model.state import State
from opencode_widget.model.view import oddities_view, sessions_view, transcript_view
from opencode_widget.server.stream import _decode

from ..model.recorded import RECORDINGS
from ..support.v2 import events as v2_events

COUNT = int(os.environ.get("FUZZ", "6000"))
SEED = os.environ.get("FUZZ_SEED")
# Events that a state lives through before the next one begins.
EVENTS = 200
JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "x",
    "\ud800",
    "user",
    "assistant",
    [],
    {},
    [[]],
    {"id": "x"},
)

STREAMS: dict[str, tuple[Decode, list[Any]]] = {
    "1.x": (v1.decode, [frame for recording in RECORDINGS for frame in recording.frames]),
    "2.x": (v2.decode, [v2_events.event(kind) for kind in (*v2_events.DURABLE, *v2_events.TRANSIENT)]),
    "classic": (
        classic.decode,
        [
            {
                "type": kind,
                "sessionId": "s",
                "messageId": "m",
                "session": {"id": "s"},
                "parts": [{"id": "p", "text": "x"}],
            }
            for kind in classic.DECODERS
        ],
    ),
}


def spoil(chance: random.Random, event: Any) -> Any:
    """Replace, remove, move or double something somewhere in it."""
    whole = [deepcopy(event)]
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(slots(whole)))
        chance.choice(WAYS)(chance, holder, key)
        if not whole:
            return None
    return whole[0]


def slots(holder: Any) -> Any:
    for key in holder if isinstance(holder, dict) else range(len(holder)):
        yield holder, key
        if isinstance(holder[key], dict | list):
            yield from slots(holder[key])


def _replace(chance: random.Random, holder: Any, key: Any) -> None:
    holder[key] = deepcopy(chance.choice(JUNK))


def _remove(chance: random.Random, holder: Any, key: Any) -> None:
    del holder[key]


def _wrap(chance: random.Random, holder: Any, key: Any) -> None:
    holder[key] = [holder[key], deepcopy(holder[key])] if chance.random() < 0.5 else {"id": holder[key]}


def _lengthen(chance: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        holder[key] = holder[key] * chance.randint(0, 50)


WAYS: tuple[Callable[[random.Random, Any, Any], None], ...] = (_replace, _replace, _remove, _wrap, _lengthen)


class KernelSide:
    """A state, and the patch that tells a page of it."""

    def __init__(self) -> None:
        self.state = State(directory="/project")
        self.patch = Patch("i", self.state)
        for event in (e.Connected(), e.Loaded(overview=e.Overview())):
            apply(self.state, event)

    def receive(self, event: e.Event) -> None:
        self.patch.add(apply(self.state, event))
        self.patch.show(next(iter(self.state.sessions), None))

    def shows(self) -> None:
        """What a page gets can be sent."""
        shown: list[Any] = [
            self.patch.drain(),
            sessions_view(self.state),
            requests_view(self.state),
            oddities_view(self.state),
        ]
        shown += [transcript_view("i", session) for session in self.state.sessions.values()]
        json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("dialect", STREAMS)
def test_nothing_that_is_spoilt_breaks_us(dialect: str) -> None:
    decode, events = STREAMS[dialect]
    seeds = [int(SEED)] if SEED is not None else range(COUNT // EVENTS // len(STREAMS))
    for seed in seeds:
        chance, kernel = random.Random(seed), KernelSide()
        try:
            for _ in range(EVENTS):
                event = chance.choice(events)
                for buffered_event in decode(spoil(chance, event) if chance.random() < 0.5 else event).events:
                    kernel.receive(buffered_event)
            kernel.shows()
        except Exception as fault:
            raise AssertionError(f"FUZZ_SEED={seed} of {dialect}") from fault


@pytest.mark.timeout(0)
def test_no_bytes_of_an_event_break_the_stream() -> None:
    chance = random.Random(SEED or 0)
    lines = [json.dumps(frame) for frame in STREAMS["1.x"][1]]
    for _ in range(COUNT // 3):
        line = list(chance.choice(lines))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(line))
            line[at : at + chance.randint(0, 3)] = chance.choice(
                ('"', "{", "}", "[", ",", "\\u", "\\", "9", "\0", "é", "")
            )
        _decode("".join(line), v1.decode)
