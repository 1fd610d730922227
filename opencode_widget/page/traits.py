"""Keeps the widget's traits equal to the state of its manager, and tells these writes from the user's.

Rules:

- The first change is written soon, in the loop's next round. Later changes gather until INTERVAL has passed. A change of the selection is
  written at once, for the user is about to look at it.
- Traits are written where the notebook's code runs, because traitlets are not safe for threads and observers are the user's code. The
  values are read on the thread on which they changed.
- A write of ours triggers the same validators and observers as a write of the user's. `is_own` tells them apart: it is true for the
  values that are being written now.
- An observer may select something while we write. That writes newer values; what is left of the older ones is then dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress

from ..sync.event_loop import running_loop

# Seconds between two updates of the traits.
INTERVAL = 0.1

Values = Mapping[str, object]


class TraitMirror:
    """Writes the current values of the traits after changes.

    Args:
        home: the home loop, on which `changed` is called.
        read: the current values, by the trait's name. From any thread.
        write: sets one trait.
        writing: the context in which the traits are set, all together.
    """

    def __init__(
        self,
        home: asyncio.AbstractEventLoop,
        read: Callable[[], Values],
        write: Callable[[str, object], None],
        writing: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._home = home
        self._notebook = running_loop()
        self._read = read
        self._write = write
        self._writing = writing
        self._own: Values = {}
        self._scheduled = False
        self._stale = False

    def is_own(self, name: str, value: object) -> bool:
        """Is this value of a trait being written by us, and not by the user?"""
        return name in self._own and self._own[name] == value

    def changed(self, *, now: bool = False) -> None:
        """The state changed; `now`: write it at once. On the home loop only."""
        self._stale = True
        if now:
            self.post()
        elif not self._scheduled:
            self._scheduled = True
            self._home.call_soon(self._post_and_rest)

    def post(self) -> None:
        """Write the current values. From any thread."""
        self._stale = False  # before the values are read: another thread may change them meanwhile
        values = self._read()
        if self._notebook is None or self._notebook is running_loop():
            self._write_all(values)
        else:
            with suppress(RuntimeError):  # the notebook's loop was closed
                self._notebook.call_soon_threadsafe(self._write_all, values)

    def _post_and_rest(self) -> None:
        self.post()
        self._home.call_later(INTERVAL, self._rested)

    def _rested(self) -> None:
        self._scheduled = False
        if self._stale:
            self.changed()

    def _write_all(self, values: Values) -> None:
        self._own = values
        with self._writing():
            for name, value in values.items():
                if self._own is values:  # an observer of an earlier trait has not changed anything
                    self._write(name, value)
        if self._own is values:
            self._own = {}
