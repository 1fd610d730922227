"""Numbered frames to the pages: when they go, and what a page that missed some gets.

The first change goes at once, those that follow gather until the next frame is due. Frames come less often while no page is visible, or
while the pages fall behind; they never stop, for a blocked kernel hears no page. A page that sees a gap says hello, and gets a snapshot.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]

# Seconds between two frames: to pages that follow, to pages that lag behind, and to pages that nobody sees.
FAST, SLOW, HIDDEN = 1 / 60, 0.1, 1.0
# How many frames may go sooner than that after a pause: words that come one by one, nearly as far apart as frames, don't wait.
BURST = 3
# Frames on their way to the slowest page before it counts as lagging, and before it counts as gone.
LAG, GONE = 60, 600


@dataclass
class Page:
    """What we know of a page."""

    visible: bool = True
    acknowledged: int = 0


@dataclass
class Pages:
    """The pages that said hello."""

    known: dict[str, Page] = field(default_factory=dict)

    def hello(self, id: str, seq: int) -> None:
        """A page is here, and gets everything up to `seq`."""
        self.known[id] = Page(acknowledged=seq)

    def acknowledge(self, id: str, seq: int) -> None:
        """A page has drawn everything up to `seq`."""
        if id in self.known:
            self.known[id].acknowledged = seq

    def show(self, id: str, *, visible: bool) -> None:
        """A page was hidden, or is visible again."""
        if id in self.known:
            self.known[id].visible = visible

    def interval(self, seq: int) -> float:
        """Seconds until the next frame may go."""
        present = [page for page in self.known.values() if page.visible and seq - page.acknowledged < GONE]
        if not present:
            return HIDDEN
        return SLOW if any(seq - page.acknowledged > LAG for page in present) else FAST


class Frames:
    """Numbers frames and decides when they go. On the home loop only.

    Args:
        loop: the home loop.
        take: the operations since the last frame; [] where nothing changed.
        send: sends a message to every page.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, take: Callable[[], list[Message]], send: Callable[[Message], None]
    ) -> None:
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.pages = Pages()
        self._loop = loop
        self._take = take
        self._send = send
        # When the next frame would be due if they went evenly.
        self._due = 0.0
        self._interval = FAST
        self._timer: asyncio.Handle | None = None

    def poke(self) -> None:
        """Something changed."""
        if self._timer is None and self.pages.known:
            ahead = BURST * FAST if self._interval == FAST else 0
            wait = self._due - ahead - self._loop.time()
            # call_soon, not now: what came with the same piece of the stream goes with the same frame.
            self._timer = self._loop.call_later(wait, self.flush) if wait > 0 else self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send a frame, if there is anything to tell."""
        self._cancel()
        ops = self._take()
        if not ops:
            return
        self.seq += 1
        self._interval = self.pages.interval(self.seq)
        self._due = max(self._due, self._loop.time()) + self._interval
        self._send({"type": "frame", "epoch": self.epoch, "seq": self.seq, "ops": ops})

    def hurry(self) -> None:
        """A page became visible: what gathered goes now."""
        self._due = 0.0
        self._cancel()
        self.poke()

    def snapshot(self, page: str, state: Message) -> None:
        """Send a page everything; what gathered for the others goes before it, so that it is no part of a later frame."""
        self.flush()
        self.pages.hello(page, self.seq)
        # What gathered while nobody looked set a slow pace, which is none for a page that has just come.
        self._due = min(self._due, self._loop.time() + self.pages.interval(self.seq))
        self._send({"type": "snapshot", "epoch": self.epoch, "seq": self.seq, "to": page, **state})

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Send no more."""
        self._cancel()
        self.pages.known.clear()
