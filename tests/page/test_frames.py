"""Numbered frames: when they go, and what a page that missed some gets. The clock is the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.page.frames import BEHIND, FAST, GONE, HIDDEN, LAG, LATE, REST, SLOW, Frames, Pages

from ..support.clock import FakeLoop
from ..support.page import Page
from ..support.page_store import PageStore


class FramesHarness:
    """Frames of a widget whose state is one text."""

    def __init__(self) -> None:
        self.clock = FakeLoop()
        self.text = ""
        self.unsent = ""
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self.room: int | None = None
        self.forgotten = False
        self.frames = Frames(self.clock, self, self.send)  # type: ignore[arg-type]

    @property
    def has_more(self) -> bool:
        return bool(self.unsent)

    def drain(self) -> list[dict[str, Any]]:
        room = self.room or len(self.unsent)
        unsent, self.unsent = self.unsent[:room], self.unsent[room:]
        return [{"op": "add", "text": unsent}] if unsent else []

    def snapshot(self) -> dict[str, Any]:
        return {"text": self.text.removesuffix(self.unsent)}

    def forget(self) -> None:
        self.forgotten = True

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append((self.clock.now, message))

    def append(self, text: str) -> None:
        self.text += text
        self.unsent += text
        self.frames.schedule()

    def hello(self, page: str = "p") -> None:
        self.frames.hello(page)

    def kinds(self) -> list[str]:
        return [f"{message['type']} {message['seq']}" for _, message in self.sent]

    def times(self) -> list[float]:
        return [round(at - 100, 4) for at, message in self.sent if message["type"] == "frame"]


def test_no_frame_goes_before_a_page_says_hello() -> None:
    harness = FramesHarness()
    harness.append("words")
    harness.clock.pass_by(10)
    assert harness.sent == []


def test_a_page_that_says_hello_gets_everything_and_then_what_follows() -> None:
    harness = FramesHarness()
    harness.append("before ")
    harness.hello()
    harness.append("after")
    harness.clock.pass_by(1)
    snapshot = next(message for _, message in harness.sent if message["type"] == "snapshot")
    frame = harness.sent[-1][1]
    assert (snapshot["text"], snapshot["to"]) == ("before ", "p")
    assert frame == {
        "type": "frame",
        "epoch": harness.frames.epoch,
        "seq": snapshot["seq"] + 1,
        "ops": [{"op": "add", "text": "after"}],
    }


def test_a_page_that_comes_after_a_time_when_nobody_looked_gets_the_next_change_at_once() -> None:
    harness = FramesHarness()
    harness.append("while nobody looked ")
    harness.hello()
    harness.append("now")
    harness.clock.pass_by(FAST)
    assert harness.kinds() == ["frame 1", "snapshot 1", "frame 2"]


def test_frames_are_numbered_without_gaps() -> None:
    harness = FramesHarness()
    harness.hello()
    for _ in range(5):
        harness.append("x")
        harness.clock.pass_by(1)
    assert harness.kinds() == ["snapshot 0", *(f"frame {number}" for number in range(1, 6))]


def test_the_first_changes_go_at_once_and_the_next_ones_gather() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.clock.pass_by(1)
    for _ in range(200):
        harness.append("x")
        harness.clock.pass_by(0.002)
        harness.frames.pages.acknowledge("p", harness.frames.seq)
    harness.clock.pass_by(1)
    times = harness.times()
    assert times[0] == 1
    assert all(after - before >= FAST - 0.001 for before, after in pairwise(times))
    assert len(times) <= 0.4 / FAST + 2
    assert (
        "".join(op["text"] for _, message in harness.sent if message["type"] == "frame" for op in message["ops"])
        == "x" * 200
    )


def test_words_nearly_as_far_apart_as_frames_do_not_wait_for_each_other() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.clock.pass_by(1)
    events = []
    for number in range(30):
        events.append(harness.clock.now - 100)
        harness.append("x")
        # Now a little early, now a little late, as a network has it.
        harness.clock.pass_by(0.012 if number % 2 else 0.028)
        harness.frames.pages.acknowledge("p", harness.frames.seq)
    assert harness.times() == pytest.approx(events, abs=0.002)


def test_while_the_loop_is_behind_frames_go_half_as_often() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.clock.pass_by(1)

    def gap(busy: float) -> float:
        """Seconds between a frame that the loop sends so late and the one after it."""
        harness.clock.pass_by(1)
        harness.append("x")
        harness.clock.now += busy
        harness.clock.pass_by(0)
        harness.append("y")
        harness.clock.pass_by(1)
        return harness.times()[-1] - harness.times()[-2]

    assert gap(0) == pytest.approx(FAST, abs=0.001)
    assert gap(LATE / 2) == pytest.approx(FAST, abs=0.001)
    assert gap(LATE * 2) == pytest.approx(BEHIND, abs=0.001)
    assert gap(0) == pytest.approx(FAST, abs=0.001), "it has caught up"


def test_nothing_changed_nothing_sent() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.frames.schedule()
    harness.frames.flush()
    harness.clock.pass_by(1)
    assert harness.kinds() == ["snapshot 0"]


def test_what_gathered_goes_before_a_snapshot_so_that_it_is_in_no_later_frame() -> None:
    harness = FramesHarness()
    harness.hello("one")
    harness.append("a")
    harness.clock.pass_by(1)
    harness.append("b")
    harness.hello("two")
    harness.clock.pass_by(1)
    assert harness.kinds() == ["snapshot 0", "frame 1", "frame 2", "snapshot 2"]


def test_a_hidden_page_gets_a_frame_a_second_and_hurries_when_it_is_seen() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.frames.pages.show("p", visible=False)
    harness.clock.pass_by(1)
    for _ in range(30):
        harness.append("x")
        harness.clock.pass_by(0.1)
    times = harness.times()
    assert all(after - before >= HIDDEN - 0.001 for before, after in pairwise(times))
    assert len(times) <= 4
    harness.append("y")
    count = len(harness.sent)
    harness.frames.pages.show("p", visible=True)
    harness.frames.hurry()
    harness.clock.pass_by(0)
    assert len(harness.sent) == count + 1


def test_one_page_that_is_seen_is_enough() -> None:
    pages = Pages()
    pages.hello("one", 0)
    pages.hello("two", 0)
    pages.show("one", visible=False)
    assert pages.interval(1) == FAST


def test_a_page_that_lags_slows_down() -> None:
    pages = Pages()
    pages.hello("slow", 0)
    pages.sent(1, 0.0)
    assert pages.interval(LAG, 4.0) == FAST
    assert pages.interval(LAG + 1, 4.0) == SLOW
    pages.acknowledge("slow", LAG, 4.0)
    assert pages.interval(LAG + 1, 4.0) == FAST


def test_a_page_that_has_been_silent_for_long_or_was_left_slows_down_no_other() -> None:
    pages = Pages()
    pages.hello("dead", 0)
    pages.hello("quick", 0)
    pages.sent(1, 0.0)
    pages.acknowledge("quick", 2 * LAG, 1.0)
    assert pages.interval(2 * LAG, GONE - 1) == SLOW
    assert pages.interval(2 * LAG, GONE) == FAST
    pages.acknowledge("dead", LAG, GONE)
    assert pages.interval(2 * LAG + 1, GONE) == SLOW, "it lives"
    pages.bye("dead")
    assert pages.interval(2 * LAG + 1, GONE) == FAST


def test_a_page_that_had_nothing_to_acknowledge_was_not_silent() -> None:
    pages = Pages()
    pages.hello("p", 0)
    pages.sent(1, 0.0)
    pages.acknowledge("p", 1, 2.0)
    pages.sent(2, 1000.0)
    assert pages.interval(2, 1001.0) == FAST


def test_frames_go_on_to_a_page_while_no_acknowledgement_arrives() -> None:
    pages = Pages()
    pages.hello("p", 0)
    pages.sent(1, 0.0)
    assert pages.interval(5 * LAG, 10 * GONE) == SLOW


def test_unknown_pages_are_ignored() -> None:
    pages = Pages()
    pages.acknowledge("x", 5)
    pages.show("x", visible=True)
    pages.bye("x")
    assert pages.known == {}
    assert pages.interval(0) == HIDDEN


def test_nothing_is_sent_after_the_end() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("a")
    harness.frames.close()
    harness.append("b")
    harness.clock.pass_by(5)
    assert harness.kinds() == ["snapshot 0"]


def test_two_widgets_have_two_epochs() -> None:
    assert FramesHarness().frames.epoch != FramesHarness().frames.epoch


# ---- with a page ------------------------------------------------------------------------------------------------------


class TextStore(PageStore):
    """What a page shows whose state is one text."""

    def reset(self, snapshot: dict[str, Any]) -> None:
        self.state = {"text": snapshot["text"]}

    def apply(self, ops: Iterable[Any]) -> None:
        self.state["text"] += "".join(op["text"] for op in ops)


@given(st.lists(st.sampled_from(["change", "wait", "lose", "receive", "hide", "show", "hello"]), max_size=40))
def test_a_page_that_misses_any_frames_ends_with_the_same_state(script: list[str]) -> None:
    harness = FramesHarness()
    page = Page(lambda data: harness.hello(data["page"]) if data["type"] == "hello" else None)
    page.store = TextStore()
    harness.frames._send = page.receive
    page.hello()
    for number, act in enumerate(script):
        if act == "change":
            harness.append(f"{number} ")
        elif act == "wait":
            harness.clock.pass_by(0.5)
        elif act in ("lose", "receive"):
            page.deaf = act == "lose"
        elif act in ("hide", "show"):
            harness.frames.pages.show(page.name, visible=act == "show")
        else:
            page.hello()
    page.deaf = False
    page.hello() if not page.live else None
    for _ in range(2):  # a gap shows with the next frame
        harness.append("end ")
        harness.clock.pass_by(2)
    assert page.state["text"] == harness.text


async def test_on_a_real_loop_changes_of_one_round_go_with_one_frame() -> None:
    harness = FramesHarness()
    frames = Frames(asyncio.get_running_loop(), harness, harness.send)  # type: ignore[arg-type]
    harness.frames = frames
    harness.hello()
    for number in range(3):
        harness.append(f"{number}")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [message.get("ops") for _, message in harness.sent] == [None, [{"op": "add", "text": "012"}]]
    frames.close()


# ---- lost frames, missing acknowledgements ----------------------------------------------------------------------------


def test_a_page_that_missed_the_last_frame_learns_of_it() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("lost")
    harness.clock.pass_by(REST + 1)
    assert harness.kinds() == ["snapshot 0", "frame 1", "frame 2"]
    assert harness.sent[-1][1]["ops"] == []


def test_a_page_that_acknowledged_the_last_frame_gets_no_reminder() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("arrived")
    harness.clock.pass_by(REST - 1)
    harness.frames.acknowledge("p", 1)
    harness.clock.pass_by(100)
    assert harness.kinds() == ["snapshot 0", "frame 1"]


def test_a_page_that_is_gone_gets_no_reminders_for_ever() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("nobody hears")
    harness.clock.pass_by(1000)
    assert len(harness.sent) <= 2 + GONE / REST


def test_no_reminder_is_sent_after_the_end() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("the last")
    harness.clock.pass_by(1)
    harness.frames.close()
    harness.clock.pass_by(100)
    assert harness.kinds() == ["snapshot 0", "frame 1"]


def test_while_no_acknowledgement_can_arrive_frames_do_not_slow_down() -> None:
    harness = FramesHarness()
    harness.frames = Frames(harness.clock, harness, harness.send, lambda: False)  # type: ignore[arg-type]
    harness.hello()
    harness.clock.pass_by(1)
    for _ in range(int(2 * GONE / FAST)):
        harness.append("x")
        harness.clock.pass_by(FAST)
    gaps = [after - before for before, after in pairwise(harness.times())]
    assert max(gaps) < 2 * FAST


def test_acknowledgements_count_again_when_they_can_arrive() -> None:
    pages = Pages()
    pages.hello("p", 0)
    pages.acknowledge_all(2 * LAG)
    assert pages.interval(2 * LAG, 100.0) == FAST
    pages.acknowledge("p", 1, 101.0)
    pages.sent(2 * LAG + 1, 101.0)
    assert pages.interval(2 * LAG + 1, 102.0) == SLOW


# ---- bounds, and no page ----------------------------------------------------------------------------------------------


def test_what_a_frame_or_a_snapshot_had_no_room_for_follows() -> None:
    harness = FramesHarness()
    harness.room = 2
    harness.append("abcdefg")
    harness.hello()
    harness.clock.pass_by(1)
    assert harness.kinds() == ["frame 1", "snapshot 1", "frame 2", "frame 3", "frame 4"]
    assert harness.sent[1][1]["text"] == "ab"
    assert "".join(op["text"] for _, message in harness.sent[2:] for op in message["ops"]) == "cdefg"


def test_nothing_is_gathered_after_the_last_page_has_left() -> None:
    harness = FramesHarness()
    harness.hello("one")
    harness.hello("two")
    harness.frames.bye("one")
    assert not harness.forgotten
    harness.frames.bye("two")
    assert harness.forgotten


def test_an_old_acknowledgement_puts_the_reminder_off() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.append("one")
    harness.clock.pass_by(1)
    harness.append("two")
    harness.clock.pass_by(REST - 1)
    harness.frames.acknowledge("p", 1)
    harness.frames.acknowledge("stranger", 1)
    harness.clock.pass_by(REST - 0.5)
    assert harness.kinds()[-1] == "frame 2"
    harness.clock.pass_by(1)
    assert harness.kinds()[-1] == "frame 3", "the page is there, and may have missed frame 2"


def test_a_loop_that_has_ended_is_asked_for_nothing() -> None:
    harness = FramesHarness()
    harness.hello()
    harness.clock.closed = True
    harness.append("the last state")
    harness.frames.flush()
    assert harness.kinds() == ["snapshot 0", "frame 1"]
    assert harness.clock.handles == []
