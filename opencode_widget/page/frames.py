"""Numbered frames to the pages: when they go, and what a page that missed some gets.

The first change goes at once, those that follow gather until the next frame is due. Frames come less often while no page is visible, or
while the pages or this loop fall behind; they never stop, for a blocked kernel hears no page. A page that sees a gap says hello, and gets
a snapshot.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..model.wire import PROTOCOL, Frame, FromKernel, Op, PageState, Snapshot
from .pace import Pace

PageMessage = dict[str, Any]

# Seconds between two frames. FAST, to pages that follow: half the time for which most screens show a picture, so that a word seldom
# misses the next one. BEHIND, while this loop is: what a page needs to draw is taken from the server and from us. SLOW, to pages that lag.
FAST, BEHIND, SLOW, HIDDEN = 1 / 120, 1 / 60, 0.1, 1.0
# Seconds by which a frame goes later than it was to go if this loop is behind: more than a timer is late by itself.
LATE = 0.003
# Frames on their way to the slowest page before it counts as lagging: pages acknowledge every five seconds in a stream, see `link.ts`.
LAG = 1200
# Seconds without a word of a page that has frames to acknowledge before it counts as gone.
GONE = 15.0
# Seconds of rest after which a page that has not acknowledged the last frame is told that there was one: only the next frame shows a gap.
REST = 3.0


@dataclass
class Page:
    """What we know of a page."""

    visible: bool = True
    acknowledged: int = 0
    # Since when it has frames to acknowledge and has not said anything, by the loop's clock; None: it has none.
    silent_since: float | None = None

    def is_gone(self, now: float) -> bool:
        """Has it been silent for too long?"""
        return self.silent_since is not None and now - self.silent_since >= GONE


@dataclass
class Pages:
    """The pages that said hello."""

    known: dict[str, Page] = field(default_factory=dict)

    def hello(self, id: str, seq: int) -> None:
        """A page is here, and gets everything up to `seq`."""
        self.known[id] = Page(acknowledged=seq)

    def bye(self, id: str) -> None:
        """A page was left."""
        self.known.pop(id, None)

    def acknowledge(self, id: str, seq: int, now: float = 0.0) -> None:
        """A page has drawn everything up to `seq`."""
        if (page := self.known.get(id)) is not None:
            page.acknowledged = seq
            page.silent_since = now

    def show(self, id: str, *, visible: bool) -> None:
        """A page was hidden, or is visible again."""
        if id in self.known:
            self.known[id].visible = visible

    def sent(self, seq: int, now: float) -> None:
        """Frame `seq` goes to all pages."""
        for page in self.known.values():
            if page.silent_since is None or page.acknowledged >= seq - 1:
                page.silent_since = now

    def acknowledge_all(self, seq: int) -> None:
        """Nobody can be heard: what they don't say is not held against them."""
        for page in self.known.values():
            page.acknowledged = seq
            page.silent_since = None

    def has_unacknowledged(self, seq: int, now: float) -> bool:
        """Has a page that is there not acknowledged frame `seq`?"""
        return any(page.acknowledged < seq and not page.is_gone(now) for page in self.known.values())

    def interval(self, seq: int, now: float = 0.0, lag: int = LAG) -> float:
        """Seconds until the next frame may go; a page lags that has so many frames to acknowledge."""
        visible = [page for page in self.known.values() if page.visible]
        if not visible:
            return HIDDEN
        present = [page for page in visible if not page.is_gone(now)]
        lagging = any(seq - page.acknowledged > lag for page in present)
        return SLOW if lagging or not present else FAST


class Frames:
    """Numbers frames and decides when they go. On the home loop only.

    Args:
        loop: the home loop.
        take: the operations since the last frame; [] where nothing changed.
        send: sends a message to every page.
        hears: can pages be heard now? Not while a cell blocks the notebook's loop.
        owes: is there more to tell than the last frame carried?
        pace: shared by all that send to the same pages.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        take: Callable[[], list[Op]],
        send: Callable[[FromKernel], None],
        hears: Callable[[], bool] = lambda: True,
        owes: Callable[[], bool] = lambda: False,
        pace: Pace | None = None,
    ) -> None:
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.pages = Pages()
        self._loop = loop
        self._drain = take
        self._send = send
        self._is_responsive = hears
        self._owes = owes
        self._pace = pace or Pace()
        # Before this no frame goes; and when the one that is under way was to go.
        self._due = 0.0
        self._planned = 0.0
        self._timer: asyncio.Handle | None = None
        self._reminder: asyncio.TimerHandle | None = None

    def schedule(self) -> None:
        """Something changed."""
        if self._timer is None and self.pages.known and not self._loop.is_closed():
            now = self._loop.time()
            self._planned = max(now, self._due)
            wait = self._planned - now
            # call_soon, not now: what came with the same piece of the stream goes with the same frame.
            self._timer = self._loop.call_later(wait, self.flush) if wait > 0 else self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send a frame, if there is anything to tell."""
        behind = self._timer is not None and self._loop.time() - self._planned > LATE
        self._cancel()
        ops = self._drain()
        if ops:
            self._send_frame(ops, BEHIND if behind else FAST)
        if self._owes():
            self.schedule()

    def _send_frame(self, ops: list[Op], interval: float = FAST) -> None:
        self.seq += 1
        now = self._loop.time()
        self.pages.sent(self.seq, now)
        if not self._is_responsive():
            self.pages.acknowledge_all(self.seq)
        self._pace.sent(self.epoch, now)
        paced = self.pages.interval(self.seq, now, min(LAG, self._pace.share(now)))
        self._due = now + max(interval, paced, self._pace.interval(now))
        self._schedule_reminder()
        self._send(Frame(type="frame", epoch=self.epoch, seq=self.seq, ops=ops))

    def _schedule_reminder(self) -> None:
        """After a time without frames see whether the last one has arrived."""
        if self._reminder is not None:
            self._reminder.cancel()
        if not self._loop.is_closed():
            self._reminder = self._loop.call_later(REST, self._remind)

    def _remind(self) -> None:
        if self.pages.has_unacknowledged(self.seq, self._loop.time()):
            self._send_frame([])

    def hurry(self) -> None:
        """A page became visible: what gathered goes now."""
        self._due = 0.0
        self._cancel()
        self.schedule()

    def snapshot(self, page: str, state: PageState) -> None:
        """Send a page everything; what gathered for the others goes before it, so that it is no part of a later frame."""
        self.flush()
        self.pages.hello(page, self.seq)
        # What gathered while nobody looked set a slow pace, which is none for a page that has just come.
        now = self._loop.time()
        self._due = min(self._due, now + self.pages.interval(self.seq, now))
        snapshot: Snapshot = {
            "type": "snapshot",
            "protocol": PROTOCOL,
            "epoch": self.epoch,
            "seq": self.seq,
            "to": page,
            **state,
        }
        self._send(snapshot)
        if self._owes():
            self.schedule()

    def acknowledge(self, page: str, seq: int) -> None:
        """A page has drawn everything up to `seq`."""
        self.pages.acknowledge(page, seq, self._loop.time())
        if seq < self.seq and page in self.pages.known:
            self._schedule_reminder()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Send no more."""
        self._cancel()
        self._pace.left(self.epoch)
        if self._reminder is not None:
            self._reminder.cancel()
        self.pages.known.clear()
