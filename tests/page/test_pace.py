"""All widgets of a kernel together send no more frames than Jupyter lets through."""

from __future__ import annotations

import pytest

from opencode_widget.page import frames
from opencode_widget.page.pace import IN_FLIGHT, RATE, Pace


@pytest.mark.parametrize("widgets", [1, 4, 9, 50])
def test_widgets_that_stream_share_the_frames_of_a_second(widgets: int) -> None:
    pace = Pace()
    for number in range(widgets):
        pace.sent(f"w{number}", 0.5)
    of_each = 1 / max(frames.FAST, pace.interval(1.0))
    assert widgets * of_each <= RATE + 1
    assert widgets * min(frames.LAG, pace.share(1.0)) <= IN_FLIGHT
    assert pace.share(1.0) >= 5 * of_each, "pages acknowledge every five seconds, and do not lag by that"


def test_few_widgets_are_not_slowed() -> None:
    pace = Pace()
    for number in range(4):
        pace.sent(f"w{number}", 1.0)
    assert pace.interval(1.0) <= frames.FAST


def test_a_widget_that_rests_or_left_takes_nothing() -> None:
    pace = Pace()
    pace.sent("rests", 0.0)
    pace.sent("left", 2.0)
    pace.left("left")
    assert (pace.interval(2.0), pace.share(2.0)) == (0, IN_FLIGHT)
