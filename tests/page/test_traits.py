"""The traits follow the state, and writes of ours are told from the user's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opencode_widget.page.traits import INTERVAL, TraitMirror

from ..support.clock import FakeLoop
from ..support.loop_thread import LoopThread
from ..support.wait import eventually


class MirrorHarness:
    """Two traits, each of which calls an observer."""

    def __init__(self, home: Any = None) -> None:
        self.clock = FakeLoop()
        self.state: dict[str, object] = {"tabs": 0, "active": "a"}
        self.traits: dict[str, object] = {}
        self.written: list[tuple[str, object]] = []
        self.own: list[bool] = []
        self.threads: set[int] = set()
        self.depth = 0
        self.mirror = TraitMirror(home or self.clock, lambda: dict(self.state), self._write, self._writing)

    def _write(self, name: str, value: object) -> None:
        assert self.depth > 0
        self.threads.add(threading.get_ident())
        if self.traits.get(name) != value:
            self.traits[name] = value
            self.written.append((name, value))
            self.own.append(self.mirror.is_own(name, value))
            self.observed(name)

    def observed(self, name: str) -> None:
        """An observer of the user's."""

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1


def test_the_first_change_is_written_soon_and_later_ones_gather() -> None:
    harness = MirrorHarness()
    for number in range(1, 6):
        harness.state["tabs"] = number
        harness.mirror.changed()
        harness.clock.pass_by(INTERVAL / 10)
    assert [value for name, value in harness.written if name == "tabs"] == [1]
    harness.clock.pass_by(INTERVAL)
    assert [value for name, value in harness.written if name == "tabs"] == [1, 5]
    harness.clock.pass_by(10)
    assert harness.clock.handles == [], "nothing changes, nothing is planned"


def test_a_change_of_the_selection_is_written_at_once_and_not_again() -> None:
    harness = MirrorHarness()
    harness.mirror.changed()
    harness.clock.pass_by(0)
    harness.state["active"] = "b"
    harness.mirror.changed(now=True)
    assert harness.traits["active"] == "b"
    harness.written.clear()
    harness.clock.pass_by(1)
    assert harness.written == []


def test_only_values_that_are_being_written_are_our_own() -> None:
    harness = MirrorHarness()
    harness.mirror.changed(now=True)
    assert harness.own == [True, True]
    assert not harness.mirror.is_own("active", "a"), "the user may set the same value a moment later"
    assert not harness.mirror.is_own("height", 600)


def test_a_value_that_the_user_sets_while_we_write_is_not_our_own() -> None:
    harness = MirrorHarness()
    seen: list[bool] = []
    harness.observed = lambda name: seen.append(harness.mirror.is_own("active", "z"))  # type: ignore[method-assign]
    harness.mirror.changed(now=True)
    assert seen == [False, False]


def test_what_an_observer_selects_wins_over_what_was_being_written() -> None:
    harness = MirrorHarness()

    def follow(name: str) -> None:
        if name == "tabs":
            harness.state["active"] = "b"
            harness.mirror.changed(now=True)

    harness.observed = follow  # type: ignore[method-assign]
    harness.mirror.changed(now=True)
    assert harness.written == [("tabs", 0), ("active", "b")]
    assert harness.traits == harness.state


async def test_traits_are_written_on_the_notebooks_thread() -> None:
    thread = LoopThread("home")
    harness = MirrorHarness(thread.loop)
    thread.loop.call_soon_threadsafe(harness.mirror.changed)
    await eventually(lambda: harness.traits)
    assert harness.threads == {threading.get_ident()}
    thread.close()


def test_after_the_notebooks_loop_has_ended_nothing_is_written() -> None:
    made: list[MirrorHarness] = []

    async def make() -> None:
        made.append(MirrorHarness())

    asyncio.run(make())
    made[0].mirror.changed(now=True)
    assert made[0].written == []
