"""The pace of all widgets of this kernel together.

They share one way to the pages: a Jupyter server drops what a kernel says beyond 1,000 messages a second (`iopub_msg_rate_limit`), outputs
of cells included. So the widgets that stream at a time share a number of frames a second, and a number of frames on their way.
"""

from __future__ import annotations

import threading

# Frames a second, of all widgets: half of what Jupyter lets through. Four widgets reach their own pace, nine have 53 frames a second each.
RATE = 480
# Frames that may be on their way, of all widgets: pages acknowledge every five seconds in a stream.
IN_FLIGHT = 2 * 5 * RATE
# Seconds after its last frame for which a widget counts as streaming.
RECENT = 1.0


class Pace:
    """Who sent a frame lately; from any thread. Times are those of `time.monotonic`, as of all loops."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self._lock = threading.Lock()

    def sent(self, epoch: str, now: float) -> None:
        """A widget sends a frame; `epoch`: that of its frames."""
        with self._lock:
            self._sent[epoch] = now

    def left(self, epoch: str) -> None:
        """A widget sends no more."""
        with self._lock:
            self._sent.pop(epoch, None)

    def interval(self, now: float) -> float:
        """Seconds between two frames of one widget."""
        return self._streaming(now) / RATE

    def share(self, now: float) -> int:
        """Frames of one widget that may be on their way."""
        return IN_FLIGHT // max(1, self._streaming(now))

    def _streaming(self, now: float) -> int:
        with self._lock:
            return sum(now - sent < RECENT for sent in self._sent.values())


KERNEL = Pace()
