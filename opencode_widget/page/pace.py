"""Limits the frames of all widgets of this kernel together.

All widgets share one channel to the pages, and a Jupyter server drops messages of a kernel beyond 1,000 a second
(`iopub_msg_rate_limit`), including outputs of cells. So the widgets that stream at the same time share a number of frames a second, and a
number of unacknowledged frames.
"""

from __future__ import annotations

import threading

# Frames a second of all widgets: half of what Jupyter lets through. Four widgets can each send as often as a page can draw; nine get 53 a
# second each.
RATE = 480
# Unacknowledged frames of all widgets: twice what goes until pages acknowledge, which they do every five seconds.
IN_FLIGHT = 2 * 5 * RATE
# Seconds after its last frame for which a widget counts as streaming.
RECENT = 1.0


class Pace:
    """Which widgets sent a frame lately. From any thread; times are those of the event loops, `time.monotonic`."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self._lock = threading.Lock()

    def sent(self, epoch: str, now: float) -> None:
        """A widget sent a frame; its `epoch` names it."""
        with self._lock:
            self._sent[epoch] = now

    def left(self, epoch: str) -> None:
        """A widget was closed."""
        with self._lock:
            self._sent.pop(epoch, None)

    def interval(self, now: float) -> float:
        """The least seconds between two frames of one widget."""
        return self._streaming(now) / RATE

    def share(self, now: float) -> int:
        """How many unacknowledged frames one widget may have before its page counts as lagging."""
        return IN_FLIGHT // max(1, self._streaming(now))

    def _streaming(self, now: float) -> int:
        with self._lock:
            return sum(now - sent < RECENT for sent in self._sent.values())


KERNEL = Pace()
