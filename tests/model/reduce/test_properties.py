"""What holds whatever happens, in whatever order; found by chance, and replayed from the line that hypothesis prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode_widget.model import events as e
from opencode_widget.model import view as views
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State

from ...support.page_store import PageStore
from .. import builders
from ..pages import expect, page_of
from ..simulated_server import ACTIONS, NAMES, SPOKEN, SimulatedServer, facts

Action = Callable[[SimulatedServer, int, int], None]
Step = tuple[Action, int, int]

CHANCE = settings(
    derandomize=True, deadline=None, print_blob=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def scripts(actions: Sequence[Action], size: int = 60) -> st.SearchStrategy[list[Step]]:
    step = st.tuples(st.sampled_from(actions), st.integers(0, 5), st.integers(0, 5))
    return st.lists(step, min_size=size // 3, max_size=size)


def begun(window: int = 3) -> SimulatedServer:
    """A client that is connected, and a conversation that has begun."""
    server = SimulatedServer(window)
    for action in (
        SimulatedServer.connect,
        SimulatedServer.fetch,
        SimulatedServer.arrive,
        SimulatedServer.create,
        SimulatedServer.set_status,
        SimulatedServer.ask,
        SimulatedServer.answer,
    ):
        action(server, 0, 1)
    return server


def run(server: SimulatedServer, script: list[Step]) -> SimulatedServer:
    for action, a, b in script:
        action(server, a, b)
    return server


# ---- frames ------------------------------------------------------------------------------------------------------------

SHOWN = (None, *NAMES, "parent", "parent")


def take_frame(patch: Patch, page: PageStore, server: SimulatedServer) -> None:
    patch.add(server.changes)
    server.changes.clear()
    page.apply(patch.drain())
    expect(page, server.state, patch.shown)


@settings(CHANCE, max_examples=120)
@given(scripts(ACTIONS), st.lists(st.integers(0, 11), min_size=20, max_size=60))
def test_a_page_shows_the_state_however_the_changes_are_cut_into_frames(script: list[Step], cuts: list[int]) -> None:
    """`cuts`: after each step either nothing, or a frame, or another session goes on screen."""
    server, page = begun(), page_of(State())
    patch = Patch("i", server.state)
    for at, (action, a, b) in enumerate(script):
        action(server, a, b)
        cut = cuts[at % len(cuts)]
        patch.add(server.changes)
        server.changes.clear()
        if cut < len(SHOWN) and cut % 2:
            patch.show(SHOWN[cut])
        if cut > 5:
            take_frame(patch, page, server)
    take_frame(patch, page, server)


@settings(CHANCE, max_examples=200)
@given(scripts(ACTIONS), st.lists(st.integers(0, 11), min_size=20, max_size=60), st.integers(1, 3))
def test_pages_show_the_state_however_little_a_frame_carries(script: list[Step], cuts: list[int], room: int) -> None:
    """`cuts`: after each step nothing, a frame that carries `room` operations or so, another session, older messages, or another page."""
    server, pages = begun(), [page_of(State())]
    patch = Patch("i", server.state)
    for at, (action, a, b) in enumerate(script):
        action(server, a, b)
        cut = cuts[at % len(cuts)]
        patch.add(server.changes)
        server.changes.clear()
        if cut < len(SHOWN) and cut % 2:
            patch.show(SHOWN[cut])
        elif cut == 6:
            patch.reveal()
        elif cut == 8:
            pages.append(joining(patch, Room(room * 300), server))
        elif cut > 8:
            send(patch, pages, Room(room * 300))
    drain(patch, pages, room * 300)
    for page in pages:
        expect(page, server.state, patch.shown)


def drain(patch: Patch, pages: list[PageStore], size: int) -> None:
    """Frames until the pages have everything, also what they would have to ask for."""
    for _ in range(1000):
        if patch.is_empty and not patch.reveal() and patch.is_empty:
            break
        send(patch, pages, Room(size))


def send(patch: Patch, pages: list[PageStore], room: Room) -> None:
    ops = patch.drain(room)
    for page in pages:
        page.apply(ops)


def joining(patch: Patch, room: Room, server: SimulatedServer) -> PageStore:
    """A page that comes later, and begins with a snapshot."""
    transcript = patch.snapshot(room)
    return page_of(server.state, transcript)


@settings(CHANCE, max_examples=50)
@given(
    scripts(
        (
            SimulatedServer.answer,
            SimulatedServer.add_part,
            SimulatedServer.run_tool,
            SimulatedServer.run_tool,
            SimulatedServer.delta,
            SimulatedServer.end_part,
        )
    )
)
def test_a_page_gets_no_more_of_an_output_than_it_can_draw(script: list[Step]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(views, "OUTPUT_BOUND", 3)
        server, page = begun(), page_of(State())
        patch = Patch("i", server.state)
        patch.show("parent")
        for action, _, b in script:
            action(server, 0, b)
            patch.add(server.changes)
            server.changes.clear()
            page.apply(patch.drain())
            shown = views.transcript_view("i", server.state.sessions["parent"])
            assert without_length(page.state["transcript"]) == without_length(shown)


def without_length(value: Any) -> Any:
    """How long an output is beyond what is drawn is told when it is cut, and at its end."""
    if isinstance(value, dict):
        return {key: key if key == "outputLength" else without_length(item) for key, item in value.items()}
    return [without_length(item) for item in value] if isinstance(value, list) else value


# ---- loss and reload ---------------------------------------------------------------------------------------------------


@settings(CHANCE, max_examples=120)
@given(scripts(ACTIONS))
def test_a_client_at_rest_has_what_the_server_has_whatever_was_lost_and_fetched(script: list[Step]) -> None:
    """On the way there no fetch may shorten a text: see `SimulatedServer.receive`."""
    server = run(begun(), script)
    server.come_to_rest()
    assert facts(server.state) == server.truth()


@settings(CHANCE, max_examples=120)
@given(scripts(SPOKEN), st.integers(0, 60))
def test_a_stream_that_breaks_anywhere_and_comes_back_ends_with_what_the_server_has(
    script: list[Step], cut: int
) -> None:
    server = run(begun(window=100), script[:cut])
    server.lose(0, 0)
    run(server, script[cut : cut + 5])
    for action in (SimulatedServer.connect, SimulatedServer.fetch):
        action(server, 0, 1)
    run(server, script[cut + 5 : cut + 10])
    server.arrive(0, 0)
    run(server, script[cut + 10 :])
    for stored in server.sessions.values():
        for message in list(stored.messages.values()):
            for part in list(stored.parts[message.id].values()):
                server.end(stored, message, part)
    assert facts(server.state) == server.truth()


# ---- order and repetition ----------------------------------------------------------------------------------------------


@settings(CHANCE, max_examples=120)
@given(scripts(ACTIONS), st.lists(st.integers(0, 30), min_size=10, max_size=30))
def test_events_that_are_delivered_again_change_nothing(script: list[Step], delays: list[int]) -> None:
    received = run(begun(), script).received
    due: dict[int, list[e.Event]] = {}
    once, twice = (State(directory=builders.DIRECTORY) for _ in range(2))
    for at, event in enumerate(received):
        assert apply(twice, event) == apply(once, event)
        if event.id is not None:
            due.setdefault(at + delays[at % len(delays)], []).append(event)
        for again in due.pop(at, ()):
            assert apply(twice, again) == []
    assert facts(once) == facts(twice)


@settings(CHANCE, max_examples=120)
@given(scripts(SPOKEN, 40), scripts(SPOKEN, 40), st.lists(st.booleans(), min_size=10, max_size=50))
def test_events_of_two_sessions_may_come_in_any_order(ours: list[Step], theirs: list[Step], turns: list[bool]) -> None:
    item, other = alone(ours, "one"), alone(theirs, "other")
    apart, mixed = builders.empty(), builders.empty()
    builders.play(apart, *item, *other)
    item, other, at = list(item), list(other), 0
    while item or other:
        first = turns[at % len(turns)]
        at += 1
        source = (item or other) if first else (other or item)
        apply(mixed, source.pop(0))
    assert facts(mixed) == facts(apart)


def alone(script: list[Step], name: str) -> list[e.Event]:
    """The events of a script that happens in one session, under another name."""
    server = SimulatedServer()
    run(
        server,
        [
            (action, 0, 0)
            for action in (
                SimulatedServer.connect,
                SimulatedServer.fetch,
                SimulatedServer.arrive,
                SimulatedServer.create,
            )
        ],
    )
    for action, _, b in script:
        if action not in (SimulatedServer.create, SimulatedServer.delete, SimulatedServer.fail):
            action(server, 0, b)
    return [renamed(event, name) for event in server.received[2:]]


def renamed(event: Any, name: str) -> Any:
    """The same thing said of a session of another name."""
    if isinstance(event, str):
        return f"{name}-{event}" if event.startswith(("evt", "per")) else event.replace("parent", name)
    if isinstance(event, tuple):
        return tuple(renamed(event, name) for event in event)
    if not is_dataclass(event):
        return event
    kind: Callable[..., Any] = type(event)
    return kind(**{field.name: renamed(getattr(event, field.name), name) for field in fields(kind)})  # type: ignore[arg-type]
