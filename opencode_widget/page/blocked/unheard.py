"""Draws pages that the kernel cannot hear: those that come while a cell keeps the notebook's loop, or the host, from handing them over.

A page says hello and gets a snapshot. Where the host hands over the page's messages only between cells, its hello waits for the running
cell, but the way from the kernel to the page is open. So while the notebook's loop does not respond, snapshots go out unasked, and frames
follow them. A page takes one if it waits for a snapshot, and ignores it otherwise.

- Snapshots are large, so they go at a slow pace that becomes slower the longer the cell runs.
- A host that delivers messages of pages during such a cell needs none of this, because the page's hello arrives. One message is the proof.
- Where the home loop is the notebook's, it runs while a cell awaits, and so may we. In marimo and with ipykernel 6 the page's messages wait
  for that cell too, unless it awaits us. A message during one cell then proves nothing about the next.
- When the loop responds again, the hellos that waited arrive. If none does, no page is open, and frames stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..frames import Frames

# Seconds between two looks at the notebook's loop; until the second snapshot of one cell, and at most between two later ones.
LOOK_EVERY, FIRST_GAP, LAST_GAP = 0.5, 2.0, 15.0
# Seconds for which a page that was drawn unasked may remain silent after the loop responds again. Pages say hello every two seconds.
PATIENCE = 5.0


class Unheard:
    """Has `frames` offer snapshots while the messages of pages wait. On the home loop only.

    Args:
        loop: the home loop.
        frames: sends them.
        is_responsive: may the messages of pages arrive now? False while a cell keeps them.
        heard_at: when a page was last heard, by the clock of the home loop.
        differs_by_cell: do pages wait for one cell and not for another?
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        frames: Frames,
        is_responsive: Callable[[], bool],
        heard_at: Callable[[], float],
        *,
        differs_by_cell: bool = False,
    ) -> None:
        self._loop = loop
        self._frames = frames
        self._is_responsive = is_responsive
        self._heard_at = heard_at
        self._differs_by_cell = differs_by_cell
        self._timer: asyncio.TimerHandle | None = None
        self._blocked_since: float | None = None
        self._responsive_since: float | None = None
        self._next, self._gap = 0.0, FIRST_GAP
        self._is_heard_always = False

    def start(self) -> None:
        """Begin to watch."""
        self._timer = self._loop.call_later(LOOK_EVERY, self._look)

    def close(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        now = self._loop.time()
        if self._is_responsive():
            self._responds(now)
        else:
            self._is_blocked(now)
        if not self._is_heard_always:
            self.start()

    def _responds(self, now: float) -> None:
        if self._responsive_since is None:
            self._responsive_since, self._blocked_since = now, None
        if now - self._responsive_since >= PATIENCE:
            self._frames.withdraw()

    def _is_blocked(self, now: float) -> None:
        if self._blocked_since is None:
            self._blocked_since, self._responsive_since = now, None
            self._next, self._gap = now, FIRST_GAP
        if self._heard_at() > self._blocked_since:
            self._is_heard_always = not self._differs_by_cell
            self._frames.withdraw()
        elif now >= self._next:
            self._next = now + self._gap
            self._gap = min(2 * self._gap, LAST_GAP)
            self._frames.offer()
