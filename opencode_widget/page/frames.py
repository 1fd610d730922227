"""Sends numbered frames to the pages, and decides when each frame goes.

Rules:

- A frame goes to all pages. `seq` grows by one with each frame; `epoch` names this kernel-side life of the widget. A page that sees a
  gap in `seq`, or another `epoch`, sends `hello` and gets a snapshot. Nothing else repairs a lost message.
- The first change goes at once. Changes that follow gather until the next frame is due. Changes that arrive in the same round of the
  loop go with the same frame.
- The time until the next frame is the longest of these:

      the page is in the foreground and keeps up     FAST
      this frame was sent later than planned         BEHIND    the loop is overloaded: it works for the page, the server and us
      a page is more than LAG frames behind          SLOW
      every visible page has been silent for GONE    SLOW
      no page is visible                             HIDDEN
      other widgets of this kernel stream too        see `pace.py`

- Frames never stop while a page is known, for its silence may be ours: while a cell blocks the notebook's loop, no page's
  acknowledgement arrives, so missing acknowledgements do not count then.
- Only the next frame shows a page that it missed one. So if a page has not acknowledged the last frame after REST, an empty frame goes.
- While pages cannot be heard, snapshots go unasked (`offer`), see `blocked`. Frames then go for a stand-in of the pages that may be
  there.
- What was gathered goes before a snapshot: a change in the snapshot must not follow in a frame. What the snapshot had no room for
  follows it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .pace import Pace

if TYPE_CHECKING:
    from ..model.wire import FromKernel, Op, PageState, Snapshot

PageMessage = dict[str, Any]

# The mark of the contract, see `model/wire.py`; the page's types have the same one. A page with another one asks the user to reload it.
# `frontend/generate_types.py` computes both.
PROTOCOL = "a2aecb70"

# Seconds between two frames. FAST is half the time for which most screens show a picture, so a token seldom misses the next picture.
FAST, BEHIND, SLOW, HIDDEN = 1 / 120, 1 / 60, 0.1, 1.0
# Seconds between the planned and the actual time of a frame that mean that this loop is overloaded; timers alone are less late.
LATE = 0.003
# Unacknowledged frames that mean that a page lags. Pages acknowledge every five seconds while frames come, see `kernel/link.ts`.
LAG = 1200
# Seconds without an acknowledgement, while one is due, after which a page counts as gone.
GONE = 15.0
# Seconds after the last frame until pages that have not acknowledged it get an empty frame.
REST = 3.0
# The stand-in for pages that cannot be heard, among the known pages. It is the id of no page.
STAND_IN = ""


class FrameContent(Protocol):
    """What frames and snapshots carry; see `Outbox`."""

    @property
    def has_more(self) -> bool: ...

    def drain(self) -> list[Op]: ...

    def snapshot(self) -> PageState: ...

    def forget(self) -> None: ...


@dataclass
class Page:
    """What the kernel knows of a page.

    Attributes:
        visible: False if its browser tab is hidden.
        acknowledged: the number of the last frame that the page has drawn.
        silent_since: when the oldest unacknowledged frame was sent, or the last acknowledgement came, by the loop's clock; None if the
            page has acknowledged all frames.
    """

    visible: bool = True
    acknowledged: int = 0
    silent_since: float | None = None

    def is_gone(self, now: float) -> bool:
        """Has it been silent for too long?"""
        return self.silent_since is not None and now - self.silent_since >= GONE


@dataclass
class Pages:
    """The pages that sent `hello`, by id."""

    known: dict[str, Page] = field(default_factory=dict)

    def hello(self, id: str, seq: int) -> None:
        """A page gets a snapshot with everything up to frame `seq`."""
        self.known[id] = Page(acknowledged=seq)

    def bye(self, id: str) -> None:
        """A page was left."""
        self.known.pop(id, None)

    @property
    def were_heard(self) -> bool:
        """Has any page that is open said hello?"""
        return any(id != STAND_IN for id in self.known)

    def acknowledge(self, id: str, seq: int, now: float = 0.0) -> None:
        """A page has drawn everything up to frame `seq`."""
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
        """A running cell blocks the comm, so no acknowledgement can arrive: assume that pages keep up."""
        for page in self.known.values():
            page.acknowledged = seq
            page.silent_since = None

    def has_unacknowledged(self, seq: int, now: float) -> bool:
        """Has a page that is not gone yet to acknowledge frame `seq`?"""
        return any(page.acknowledged < seq and not page.is_gone(now) for page in self.known.values())

    def interval(self, seq: int, now: float = 0.0, lag: int = LAG) -> float:
        """Seconds until the next frame may go; a page lags that has more than `lag` frames to acknowledge."""
        visible = [page for page in self.known.values() if page.visible]
        if not visible:
            return HIDDEN
        present = [page for page in visible if not page.is_gone(now)]
        lagging = any(seq - page.acknowledged > lag for page in present)
        return SLOW if lagging or not present else FAST


class Frames:
    """Sends the content of an outbox to the pages. On the home loop only.

    Args:
        loop: the home loop.
        content: the outbox.
        send: sends a message to every page.
        is_responsive: do messages of pages arrive now? They do not while a cell blocks the notebook's loop.
        pace: shared by all widgets that send to the same pages.

    Attributes:
        epoch: of these frames.
        seq: the number of the last frame.
        pages: the pages that are open.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        content: FrameContent,
        send: Callable[[FromKernel], None],
        is_responsive: Callable[[], bool] = lambda: True,
        pace: Pace | None = None,
    ) -> None:
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.pages = Pages()
        self._loop = loop
        self._content = content
        self._send = send
        self._is_responsive = is_responsive
        self._pace = pace or Pace()
        # The earliest time of the next frame, and when the scheduled one should go: the difference to the clock then tells how late it is.
        self._due = 0.0
        self._planned = 0.0
        self._timer: asyncio.Handle | None = None
        self._reminder: asyncio.TimerHandle | None = None

    # ---- pages ----

    def hello(self, page: str) -> None:
        """A page asks for everything."""
        self.flush()
        self.pages.bye(STAND_IN)
        self.pages.hello(page, self.seq)
        # Frames that went while no page was open set a slow pace; this page should get the next one soon.
        now = self._loop.time()
        self._due = min(self._due, now + self.pages.interval(self.seq, now))
        self._send_snapshot(page)

    def offer(self) -> None:
        """Send a snapshot to pages that may wait for one and cannot be heard."""
        self.flush()
        if not self.pages.known:
            self.pages.hello(STAND_IN, self.seq)
        self._send_snapshot(STAND_IN)

    def withdraw(self) -> None:
        """Pages can be heard: those that are open say so themselves."""
        if STAND_IN in self.pages.known:
            self.bye(STAND_IN)

    def _send_snapshot(self, page: str) -> None:
        snapshot: Snapshot = {
            "type": "snapshot",
            "protocol": PROTOCOL,
            "epoch": self.epoch,
            "seq": self.seq,
            "to": page,
            **self._content.snapshot(),
        }
        self._send(snapshot)
        self._schedule_rest()

    def acknowledge(self, page: str, seq: int) -> None:
        """A page has drawn everything up to frame `seq`. One that took a snapshot unasked may be heard for the first time."""
        if page not in self.pages.known:
            self._meet(page, seq)
        self.pages.acknowledge(page, seq, self._loop.time())
        if seq < self.seq and page in self.pages.known:
            self._schedule_reminder()

    def _meet(self, page: str, seq: int) -> None:
        if not self.pages.known:  # it gets no frames
            self.hello(page)
        self.pages.hello(page, seq)
        self.pages.bye(STAND_IN)

    def bye(self, page: str) -> None:
        """A page was left."""
        self.pages.bye(page)
        if not self.pages.known:
            self._content.forget()

    # ---- frames ----

    def schedule(self) -> None:
        """Send a frame as soon as one may go; call it after every change."""
        if self._timer is None and self.pages.known and not self._loop.is_closed():
            now = self._loop.time()
            self._planned = max(now, self._due)
            wait = self._planned - now
            # Not at once: events that came in the same chunk of the stream should go with the same frame.
            self._timer = self._loop.call_later(wait, self.flush) if wait > 0 else self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send a frame now, unless nothing changed."""
        behind = self._timer is not None and self._loop.time() - self._planned > LATE
        self._cancel()
        ops = self._content.drain()
        if ops:
            self._send_frame(ops, BEHIND if behind else FAST)
        self._schedule_rest()

    def _schedule_rest(self) -> None:
        if self._content.has_more:
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
        self._send({"type": "frame", "epoch": self.epoch, "seq": self.seq, "ops": ops})

    def _schedule_reminder(self) -> None:
        """After a time without frames, check that pages have the last one."""
        if self._reminder is not None:
            self._reminder.cancel()
        if not self._loop.is_closed():
            self._reminder = self._loop.call_later(REST, self._remind)

    def _remind(self) -> None:
        if self.pages.has_unacknowledged(self.seq, self._loop.time()):
            self._send_frame([])

    def hurry(self) -> None:
        """A page became visible: send what has gathered without waiting for the next frame's time."""
        self._due = 0.0
        self._cancel()
        self.schedule()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Send nothing any more."""
        self._cancel()
        self._pace.left(self.epoch)
        if self._reminder is not None:
            self._reminder.cancel()
        self.pages.known.clear()
