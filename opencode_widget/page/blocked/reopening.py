"""Opens the comm anew for a page that is reloaded while a cell blocks the notebook's loop.

A page that is loaded finds the widgets of a notebook by asking the kernel for its comms, on the main shell; in JupyterLab this is
`_loadFromKernel` of ipywidgets' `ManagerBase`. While a cell blocks, the kernel does not reply, and each output says "Loading widget...".
But a page also makes a widget when the kernel opens a comm, and that way is open. So:

- When the last page said that it is left, it may come back. While the notebook's loop does not respond, the comm is opened anew, at a slow
  pace, until a page is heard.
- A page that has the widget must not get the comm a second time: it would make a second widget, and the first would get no messages any
  longer. So nothing is opened while any page is known, nor for pages that never said hello, nor after a page asked for the widget's
  traits, because that page restores the widget by itself. And the gaps are longer than a page takes from the comm to its hello.
- A kernel that does not hand us the page's hello during a cell cannot tell whether a page came. There, nothing is opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# Seconds from the last page's end to the first opening, between the first two, and at most between two later ones. JupyterLab needs some
# seconds until it hears of comms.
FIRST, FIRST_GAP, LAST_GAP = 3.0, 6.0, 24.0
# Seconds that the notebook's loop has for an answer, before it counts as blocked. Longer than `BLOCKED_AFTER` of the probe.
ASK_AGAIN = 0.5


class Reopening:
    """Opens the comm for a page that was reloaded. On the home loop only.

    Args:
        loop: the home loop, which is not the notebook's.
        is_responsive: does the notebook's loop run its callbacks?
        has_page: is any page known?

    Attributes:
        open: opens the comm anew; None where that must not be done.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, is_responsive: Callable[[], bool], has_page: Callable[[], bool]
    ) -> None:
        self.open: Callable[[], None] | None = None
        self._loop = loop
        self._is_responsive = is_responsive
        self._has_page = has_page
        self._timer: asyncio.TimerHandle | None = None
        self._gap = FIRST_GAP

    def page_left(self) -> None:
        """A page said that it is left. If it was the last one, it may come back."""
        if self.open is None or self._has_page():
            return
        self.close()
        self._gap = FIRST_GAP
        self._timer = self._loop.call_later(FIRST, self._look)

    def close(self) -> None:
        """Open nothing, until a page is left again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self.open is None or self._has_page():
            return
        # The probe's first answer comes too early to mean anything, so it is asked twice.
        self._is_responsive()
        self._timer = self._loop.call_later(ASK_AGAIN, self._open_if_blocked)

    def _open_if_blocked(self) -> None:
        self._timer = None
        if self.open is None or self._has_page():
            return
        wait = ASK_AGAIN
        if not self._is_responsive():
            self.open()
            wait = self._gap
            self._gap = min(2 * self._gap, LAST_GAP)
        self._timer = self._loop.call_later(wait, self._look)
