"""What a server says costs no more than its length: twice as much of any shape takes at most two and a half times as long.

Time of the processor is compared with itself in the same run. A disturbance can only lengthen a measurement, so each is the best of
some, and a shape passes as soon as one comparison is within the bound; what is quadratic takes four times as long in each of them.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.entities import (
    Agent,
    Catalogue,
    FileDiff,
    FileInfo,
    Model,
    NoteInfo,
    Question,
    QuestionRequest,
    SlashCommand,
    TextInfo,
    Todo,
)
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import Change
from opencode_widget.model.reduce.scope import concerns
from opencode_widget.model.state import State
from opencode_widget.model.text.truncate import cut
from opencode_widget.model.view import diffs_view

from . import builders
from .builders import SES

RATIO = 2.5
ATTEMPTS = 6
Work = Callable[[], object]
Shape = Callable[[int], Work]


def screen(*events: e.Event) -> tuple[State, Patch]:
    """A session that works, and pages that show it."""
    state = builders.streaming(*events)
    patch = Patch("i", state)
    patch.show(SES)
    patch.drain()
    return state, patch


def applied(events: Iterable[e.Event], *, frame: int = 100) -> Work:
    """Events that come one after another, with a frame after each hundred, until the pages have everything."""
    listed = list(events)
    state, patch = screen()

    def work() -> None:
        gathered: list[Change] = []
        for number, event in enumerate(listed):
            gathered += apply(state, event)
            if number % frame == 0:
                patch.add(gathered)
                gathered.clear()
                patch.drain(Room())
        patch.add(gathered)
        while not patch.is_empty:
            patch.drain(Room())

    return work


def chain(size: int) -> Work:
    sessions = [builders.session(f"s{number}", parent=f"s{number - 1}") for number in range(size)]
    return applied([*sessions, *(builders.asked(f"p{number}", f"s{size - 1}") for number in range(20))])


def fetched(size: int) -> Work:
    """A history with many messages, fetched, and shown."""
    messages = [
        builders.fetched(builders.user_info(f"m{number:06}", at=number + 1), builders.text_info("x", f"p{number}"))
        for number in range(size)
    ]
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading())
    patch = Patch("i", state)
    patch.show(SES)

    def work() -> None:
        patch.add(builders.play(state, builders.history_loaded(*messages)))
        while not patch.is_empty or patch.reveal():
            patch.drain(Room())

    return work


def elsewhere(size: int) -> Work:
    """Deltas of another folder, where there are as many sessions."""
    state = builders.conversation(*(builders.session(f"s{number}") for number in range(size)))
    events = [Decoded((builders.delta("x", session="not ours"),), "delta", directory="/elsewhere") for _ in range(size)]
    return lambda: [concerns(state, decoded) for decoded in events]


def nested(size: int) -> Work:
    value: Any = "x"
    for _ in range(size):
        value = [value]
    return lambda: cut(value)


SHAPES: dict[str, tuple[int, Shape]] = {
    "deltas": (8000, lambda size: applied(builders.delta("x") for _ in range(size))),
    "parts in a message": (2000, lambda size: applied(builders.text("x", f"p{number}") for number in range(size))),
    "parts that are stated again": (
        2000,
        lambda size: applied(builders.text("x", f"p{number % 100}") for number in range(size)),
    ),
    "deltas of parts that are not known": (
        4000,
        lambda size: applied(builders.delta("x", f"p{number}") for number in range(size)),
    ),
    "deltas of messages that are not known": (
        4000,
        lambda size: applied(builders.delta("x", message_id=f"m{number}") for number in range(size)),
    ),
    "prompts of a busy session": (
        1000,
        lambda size: applied(builders.user(f"u{number:06}", at=10 + number) for number in range(size)),
    ),
    "answers": (500, lambda size: applied(builders.answer(f"a{number:06}", at=10 + number) for number in range(size))),
    "messages that go": (
        600,
        lambda size: applied(
            event for n in range(size) for event in (builders.user(f"u{n}", at=10 + n), builders.gone(f"u{n}"))
        ),
    ),
    "errors of a session": (1000, lambda size: applied(builders.errored() for _ in range(size))),
    "permissions": (800, lambda size: applied(builders.asked(f"p{number}") for number in range(size))),
    "permissions that are answered": (
        800,
        lambda size: applied(
            event for n in range(size) for event in (builders.asked(f"p{n}"), builders.answered(f"p{n}"))
        ),
    ),
    "questions": (
        800,
        lambda size: applied(
            e.Asked(session_id=SES, request=QuestionRequest(f"q{n}", SES, (Question("Why?", "Why", ()),)))
            for n in range(size)
        ),
    ),
    "sessions": (800, lambda size: applied(builders.session(f"s{number}") for number in range(size))),
    "children of a session": (
        1500,
        lambda size: applied(builders.born(f"s{number}", parent=SES) for number in range(size)),
    ),
    "sessions below each other": (1000, chain),
    "to-dos": (
        4000,
        lambda size: applied([e.TodosChanged(session_id=SES, todos=tuple(Todo(str(n)) for n in range(size)))]),
    ),
    "agents, models and commands": (
        1500,
        lambda size: applied(
            [
                e.CatalogueLoaded(
                    catalogue=Catalogue(
                        agents=tuple(Agent(f"a{n}") for n in range(size)),
                        models=tuple(Model("p", f"m{n}") for n in range(size)),
                        commands=tuple(SlashCommand(f"c{n}") for n in range(size)),
                    )
                )
            ]
        ),
    ),
    "notes": (2000, lambda size: applied(builders.part(NoteInfo(f"n{number}", "step", "x")) for number in range(size))),
    "lines of a tool's output": (
        1000,
        lambda size: applied(builders.delta("line\n", field="output") for _ in range(size)),
    ),
    "a tool's metadata": (
        10_000,
        lambda size: applied([builders.part(builders.tool_info(id="t", metadata={str(n): [n] for n in range(size)}))]),
    ),
    "diagnostics": (
        4000,
        lambda size: applied(
            [
                builders.part(
                    builders.tool_info(
                        id="t", metadata={"diagnostics": {"a.py": [{"message": "x"} for _ in range(size)]}}
                    )
                )
            ]
        ),
    ),
    "files of a tool": (
        4000,
        lambda size: applied(
            [
                builders.part(
                    builders.tool_info(id="t", files=tuple(FileInfo(f"f{n}", url="data:,x") for n in range(size)))
                )
            ]
        ),
    ),
    "files of a diff": (
        2000,
        lambda size: lambda: diffs_view([FileDiff(f"f{n}", "modified", 1, 1, "@@") for n in range(size)]),
    ),
    "messages of a history": (1000, fetched),
    "deltas of other folders": (1000, elsewhere),
    "nesting": (20_000, nested),
    "brackets": (200_000, lambda size: applied([builders.part(TextInfo("b", text="[" * size))])),
    "texts that are stated whole": (
        100,
        lambda size: applied(builders.text("x" * 1000 * n) for n in range(100, 100 + size // 20)),
    ),
    "error texts": (400_000, lambda size: lambda: v1_objects.problem({"data": {"message": "\n \n" * size}})),
}


def seconds(shape: Shape, size: int) -> float:
    work = shape(size)
    gc.collect()
    gc.disable()
    try:
        before = time.process_time()
        work()
        return time.process_time() - before
    finally:
        gc.enable()


@pytest.mark.parametrize("name", SHAPES)
def test_twice_as_much_takes_at_most_two_and_a_half_times_as_long(name: str) -> None:
    size, shape = SHAPES[name]
    ratios = []
    for _ in range(ATTEMPTS):
        once = min(seconds(shape, size) for _ in range(2))
        twice = min(seconds(shape, 2 * size) for _ in range(2))
        ratios.append(twice / max(once, 0.0005))
        if ratios[-1] <= RATIO:
            return
    pytest.fail(f"twice as much took {min(ratios):.1f} times as long, {len(ratios)} times measured")
