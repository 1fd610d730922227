"""Pages that cannot be heard are drawn unasked, at a slow pace. The clock is the tests' own."""

from __future__ import annotations

from itertools import pairwise

from opencode_widget.page.blocked.unheard import FIRST_GAP, LAST_GAP, LOOK_EVERY, PATIENCE, Unheard

from ..test_frames import FramesHarness


class Watched:
    """Frames whose pages may be out of hearing."""

    def __init__(self, *, differs_by_cell: bool = False) -> None:
        self.harness = FramesHarness()
        self.clock, self.frames = self.harness.clock, self.harness.frames
        self.is_responsive = True
        self.heard_at = 0.0
        self.unheard = Unheard(
            self.clock,  # type: ignore[arg-type]
            self.frames,
            lambda: self.is_responsive,
            lambda: self.heard_at,
            differs_by_cell=differs_by_cell,
        )
        self.unheard.start()

    def snapshots(self) -> list[float]:
        return [at for at, message in self.harness.sent if message["type"] == "snapshot"]

    def hello(self, page: str = "p") -> None:
        self.heard_at = self.clock.now
        self.frames.hello(page)


def test_nothing_goes_unasked_while_pages_can_be_heard() -> None:
    watched = Watched()
    watched.clock.pass_by(60)
    assert watched.harness.sent == []


def test_while_a_cell_blocks_snapshots_go_ever_more_slowly_and_frames_follow_them() -> None:
    watched = Watched()
    began = watched.clock.now
    watched.is_responsive = False
    watched.clock.pass_by(100)
    times = watched.snapshots()
    gaps = [after - before for before, after in pairwise(times)]
    assert times[0] - began <= LOOK_EVERY
    assert abs(gaps[0] - FIRST_GAP) <= LOOK_EVERY
    assert gaps == sorted(gaps)
    assert gaps[-1] <= LAST_GAP + LOOK_EVERY
    watched.harness.append("later")
    watched.clock.pass_by(1)
    assert watched.harness.sent[-1][1]["ops"] == [{"op": "add", "text": "later"}]
    assert not watched.frames.pages.were_heard, "nobody was heard: a request that waits counts as unattended"


def test_a_page_that_comes_while_another_is_known_is_drawn_too() -> None:
    watched = Watched()
    watched.hello()
    watched.clock.pass_by(1)
    watched.is_responsive = False
    watched.clock.pass_by(3)
    assert len(watched.snapshots()) > 1
    assert list(watched.frames.pages.known) == ["p"]


def test_when_the_loop_responds_again_frames_stop_unless_a_page_says_hello() -> None:
    watched = Watched()
    watched.is_responsive = False
    watched.clock.pass_by(3)
    watched.is_responsive = True
    watched.clock.pass_by(PATIENCE + 2 * LOOK_EVERY)
    assert watched.harness.forgotten
    assert not watched.frames.pages.known
    watched.is_responsive = False
    watched.clock.pass_by(1)
    watched.is_responsive = True
    watched.hello()
    watched.clock.pass_by(PATIENCE + 2 * LOOK_EVERY)
    assert list(watched.frames.pages.known) == ["p"]


def test_a_host_that_delivers_messages_during_a_cell_needs_no_unasked_snapshots() -> None:
    watched = Watched()
    watched.is_responsive = False
    watched.clock.pass_by(1)
    watched.hello()
    asked = len(watched.snapshots())
    watched.clock.pass_by(60)
    assert len(watched.snapshots()) == asked


def test_where_it_differs_by_cell_a_page_heard_during_one_cell_is_drawn_unasked_during_the_next() -> None:
    watched = Watched(differs_by_cell=True)
    watched.is_responsive = False
    watched.clock.pass_by(1)
    watched.hello()
    asked = len(watched.snapshots())
    watched.clock.pass_by(60)
    assert len(watched.snapshots()) == asked, "the page was heard during this cell"
    watched.is_responsive = True
    watched.clock.pass_by(1)
    watched.is_responsive = False
    watched.clock.pass_by(1)
    assert len(watched.snapshots()) == asked + 1


def test_a_page_that_took_a_snapshot_unasked_is_known_by_its_first_acknowledgement() -> None:
    watched = Watched()
    watched.is_responsive = False
    watched.clock.pass_by(1)
    watched.heard_at = watched.clock.now  # on a host that delivers it during the cell
    watched.frames.acknowledge("p", watched.frames.seq)
    watched.clock.pass_by(PATIENCE + 2 * LOOK_EVERY)
    assert list(watched.frames.pages.known) == ["p"]
    watched.harness.append("later")
    watched.clock.pass_by(1)
    assert watched.harness.sent[-1][1]["ops"] == [{"op": "add", "text": "later"}]


def test_a_page_that_was_taken_for_gone_gets_a_snapshot_when_it_acknowledges() -> None:
    watched = Watched()
    watched.is_responsive = False
    watched.clock.pass_by(1)
    watched.is_responsive = True
    watched.clock.pass_by(PATIENCE + 2 * LOOK_EVERY)
    asked = len(watched.snapshots())
    watched.frames.acknowledge("p", watched.frames.seq)
    assert len(watched.snapshots()) == asked + 1
    assert list(watched.frames.pages.known) == ["p"]


def test_a_widget_that_is_closed_watches_no_more() -> None:
    watched = Watched()
    watched.is_responsive = False
    watched.unheard.close()
    watched.unheard.close()
    watched.clock.pass_by(60)
    assert watched.harness.sent == []
