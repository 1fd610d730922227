"""What the pages have yet to get: order, bounds, snapshots; instances without a server, changed by events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from opencode_widget.errors import DirectoryError
from opencode_widget.model import events as e
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.entities import Catalogue, Model, SlashCommand
from opencode_widget.page import outbox as module
from opencode_widget.page.frames import FAST, Frames
from opencode_widget.page.outbox import Outbox
from opencode_widget.page.selection import Selection
from opencode_widget.server.endpoints import InvalidServer
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..model import builders
from ..model.builders import SES
from ..support.clock import FakeLoop
from ..support.page import Page


class OutboxHarness:
    """An outbox whose frames go to a page when the test says that time passes."""

    def __init__(self, *, restricted: bool = False) -> None:
        self.instances: dict[str, InstanceRuntime] = {}
        self.selection = Selection()
        self.summaries = 0
        self.scheduled = 0
        self.clock = FakeLoop()
        self.outbox = Outbox(self.instances, lambda: self.selection, self._summary_changed, restricted=restricted)
        self.page = Page(self._receive)
        self.frames = Frames(self.clock, self.outbox, self.page.receive)  # type: ignore[arg-type]
        self.outbox.schedule = self._schedule
        self._home = HomeLoop()

    def _receive(self, message: dict[str, Any]) -> None:
        assert message["type"] == "hello"
        self.frames.hello(self.page.name)

    def _summary_changed(self) -> None:
        self.summaries += 1

    def _schedule(self) -> None:
        self.scheduled += 1
        self.frames.schedule()

    def add(self, id: str = "i1") -> InstanceRuntime:
        """An instance that is live, with one session."""
        endpoint = InvalidServer(DirectoryError("Not needed here."))
        runtime = self.instances[id] = InstanceRuntime(id, self._home, endpoint, self.outbox.changed)
        self.play(runtime, e.Connected(), e.Loaded(overview=e.Overview()), builders.born())
        self.outbox.tabs_changed()
        return runtime

    def select(self, instance: str, session: str | None = SES) -> None:
        self.selection = Selection(instance, session)
        for runtime in self.instances.values():
            runtime.apply(e.Viewed(session_id=self.selection.session_of(runtime.id)))
        self.outbox.tabs_changed()

    @staticmethod
    def play(runtime: InstanceRuntime, *events: e.Event) -> None:
        for event in events:
            runtime.apply(event)

    def answer(self, runtime: InstanceRuntime, words: str) -> None:
        self.play(runtime, builders.user(), builders.busy(), builders.answer(), builders.text(), builders.delta(words))

    def drain(self) -> list[dict[str, Any]]:
        return json.loads(json.dumps(self.outbox.drain()))  # type: ignore[no-any-return]


@pytest.fixture
def harness() -> Iterator[OutboxHarness]:
    harness = OutboxHarness()
    yield harness
    harness._home.stop()


@pytest.fixture
def small_frames(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets about how many characters a frame carries."""
    return lambda size: monkeypatch.setattr(module, "Room", partial(Room, size))


# ---- a delta's way ----------------------------------------------------------------------------------------------------


def test_a_delta_asks_for_a_frame_and_for_nothing_else(harness: OutboxHarness) -> None:
    runtime = harness.add()
    harness.select("i1")
    harness.answer(runtime, "Hello")
    harness.drain()
    summaries, scheduled = harness.summaries, harness.scheduled
    for words in (" you", " there"):
        runtime.apply(builders.delta(words))
    assert (harness.summaries - summaries, harness.scheduled - scheduled) == (0, 2)
    (op,) = harness.drain()
    assert (op["op"], op["text"]) == ("text", " you there")


def test_a_change_that_a_tab_shows_is_reported(harness: OutboxHarness) -> None:
    runtime = harness.add()
    before = harness.summaries
    runtime.apply(builders.asked())
    assert harness.summaries == before + 1


# ---- order ------------------------------------------------------------------------------------------------------------


def test_operations_come_in_an_order_that_a_page_can_apply(harness: OutboxHarness) -> None:
    runtimes = [harness.add(f"i{number}") for number in (1, 2, 3)]
    harness.select("i1")
    harness.drain()
    del harness.instances["i2"]
    harness.outbox.closed("i2")
    for runtime in (runtimes[0], runtimes[2]):
        runtime.apply(builders.asked())
    ops = harness.drain()
    tabs = [op["op"] for op in ops[:4]]
    assert tabs == ["instance-", "instance", "instance", "active"]
    assert [op["instance"]["id"] for op in ops[1:3]] == ["i1", "i3"]
    assert [op["after"] for op in ops[1:3]] == [None, "i1"]
    within = [op["instance"] for op in ops[4:]]
    assert within == sorted(within, reverse=True), "the active instance comes last"
    assert harness.drain() == []


def test_a_tab_whose_summary_changed_goes_alone(harness: OutboxHarness) -> None:
    runtime, _ = harness.add("i1"), harness.add("i2")
    harness.drain()
    runtime.apply(builders.asked())
    assert [op["op"] for op in harness.drain()] == ["instance", "session", "request"]


def test_the_transcript_follows_the_selection(harness: OutboxHarness) -> None:
    harness.add("i1"), harness.add("i2")
    harness.select("i1")
    harness.page.hello()
    assert harness.page.state["transcript"]["instance"] == "i1"
    harness.select("i2")
    harness.clock.pass_by(FAST)
    assert (harness.page.state["activeInstance"], harness.page.state["transcript"]["instance"]) == ("i2", "i2")
    harness.select("i1", None)
    harness.clock.pass_by(1)
    assert (harness.page.state["activeInstance"], harness.page.state["transcript"]) == ("i1", None)


# ---- bounds -----------------------------------------------------------------------------------------------------------


def test_a_frame_is_bounded_and_the_rest_follows(harness: OutboxHarness, small_frames: Callable[[int], None]) -> None:
    runtime = harness.add()
    harness.page.hello()
    small_frames(2000)
    harness.play(runtime, *(builders.born(f"s{number}", title="x" * 300) for number in range(30)))
    harness.frames.flush()
    assert harness.outbox.has_more
    harness.clock.pass_by(1)
    assert not harness.outbox.has_more
    assert harness.page.frames > 3
    assert len(harness.page.sessions("i1")) == 31


@pytest.mark.parametrize("others", [0, 1])
def test_a_snapshot_is_bounded_and_the_page_gets_all(
    harness: OutboxHarness, small_frames: Callable[[int], None], others: int
) -> None:
    small_frames(2000)
    runtime = harness.add()
    harness.select("i1")
    if others:
        harness.frames.hello("another page")
    harness.play(runtime, *(builders.born(f"s{number}", title="x" * 300) for number in range(30)))
    harness.play(runtime, *(builders.asked(f"per{number}") for number in range(30)))
    harness.answer(runtime, "Hello")
    harness.page.hello()
    assert len(harness.page.sessions("i1")) < 31
    harness.clock.pass_by(5)
    assert not harness.outbox.has_more
    state = harness.outbox.snapshot()
    assert len(harness.page.sessions("i1")) == 31
    assert len(harness.page.state["requests"]["i1"]) == 30
    assert "Hello" in harness.page.text()
    assert harness.page.gaps == 0
    assert state["activeInstance"] == "i1"


def test_without_a_page_nothing_is_gathered(harness: OutboxHarness) -> None:
    runtime = harness.add()
    harness.select("i1")
    harness.drain()
    harness.outbox.forget()
    harness.answer(runtime, "Nobody sees it come")
    assert not runtime.patch.parts
    harness.page.hello()
    assert "Nobody" in harness.page.text()


# ---- what a visitor may see -------------------------------------------------------------------------------------------


def test_a_visitors_page_gets_no_slash_commands() -> None:
    harness = OutboxHarness(restricted=True)
    runtime = harness.add()
    harness.page.hello()
    catalogue = Catalogue(commands=(SlashCommand("review"),))
    runtime.apply(e.CatalogueLoaded(catalogue=catalogue))
    (op,) = (op for op in harness.drain() if op["op"] == "catalogue")
    assert op["commands"] == []
    harness.page.hello()
    (instance,) = harness.page.instances
    assert (instance["commands"], instance["restricted"]) == ([], True)
    assert [tab["restricted"] for tab in harness.outbox.tabs()] == [True]
    harness._home.stop()


def test_a_catalogue_goes_when_it_changes_and_not_with_a_selection_or_a_request(harness: OutboxHarness) -> None:
    models = tuple(Model("p", f"model-{number}", f"Model {number}", "Provider") for number in range(3_000))
    for id in ("i1", "i2", "i3"):
        harness.play(harness.add(id), e.CatalogueLoaded(catalogue=Catalogue(models=models)))
    harness.select("i1")
    harness.page.hello()
    harness.clock.pass_by(1)
    before = len(harness.page.log)
    harness.select("i2")
    harness.clock.pass_by(1)
    harness.play(harness.instances["i2"], builders.asked())
    harness.clock.pass_by(1)
    harness.select("i3")
    harness.clock.pass_by(1)
    frames = harness.page.log[before:]
    assert len(frames) >= 3
    assert max(len(json.dumps(frame)) for frame in frames) < 10_000  # a catalogue has 300,000
    assert not [op for frame in frames for op in frame["ops"] if op["op"] == "catalogue"]
    harness.play(harness.instances["i1"], e.CatalogueLoaded(catalogue=Catalogue(models=models[:1])))
    harness.clock.pass_by(1)
    assert [op["op"] for op in harness.page.log[-1]["ops"]] == ["catalogue"]


def test_the_tabs_have_summaries_and_no_catalogue(harness: OutboxHarness) -> None:
    harness.add()
    (tab,) = harness.outbox.tabs()
    assert (tab["id"], tab["agents"], tab["commands"]) == ("i1", [], [])
    assert [session["id"] for session in tab["sessions"]] == [SES]
