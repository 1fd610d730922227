"""The transcript that a notebook saves: the conversations of the sessions in which this widget talked, as an output of its cell.

1. A session counts when a prompt, command or shell command of this kernel has gone to it; `InstanceRuntime.conversations` has its id.
2. It is copied when it is at rest: at the end of a turn, not with each word, and not more often than every APART seconds. At the end of a
   cell it is copied at once, since the process that runs the notebook may then save it and go.
3. A copy stays when the session leaves the memory or its tab is closed. It goes when the session is deleted.
4. Each version has a number, by which a page knows whether the document has the latest one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...model.events import Event
from ...model.reduce.changes import Change, SessionChanged, SessionGone, TranscriptChanged
from ...sync.event_loop import HomeLoop
from ...sync.runtime import InstanceRuntime

if TYPE_CHECKING:
    from ...operations.saved_transcript import Conversation, SavedTranscript

# Seconds for which a session must be at rest, and between two versions.
REST, APART = 0.5, 2.0
# Conversations that are kept, the latest ones.
MOST = 20

Key = tuple[InstanceRuntime, str]


class Transcript:
    """Copies, draws and publishes. On the home loop only, but for `version`.

    Args:
        home: the home loop.
        name: the class of the HTML, without the number of the version.
        empty: a line for a widget in which nobody has talked yet.
        publish: shows a new version in the place of the last one.

    Attributes:
        revision: the number of the latest version; 0: nobody has talked yet.
    """

    def __init__(
        self,
        home: HomeLoop,
        name: Callable[[], str],
        empty: Callable[[], str],
        publish: Callable[[SavedTranscript], None],
    ) -> None:
        self.revision = 0
        self._home = home
        self._name = name
        self._empty = empty
        self._publish = publish
        self._copies: dict[Key, Conversation] = {}
        self._due: set[Key] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._drawn_at = float("-inf")
        self._latest: SavedTranscript | None = None

    def watch(self, runtime: InstanceRuntime) -> None:
        """Copy the conversations of an instance."""
        runtime.listeners.add(partial(self._look, runtime))

    def version(self) -> SavedTranscript:
        """The latest version. From any thread."""
        return self._latest or _drawn((), self._class(0), self._empty())

    def update_now(self) -> None:
        """Publish what is at rest, at once."""
        self._stop_timer()
        if self._copy():
            self._show(_drawn(tuple(self._copies.values()), self._class(self.revision + 1), self._empty()))

    def close(self) -> None:
        """Publish no more."""
        self._stop_timer()

    def _class(self, revision: int) -> str:
        return f"{self._name()} opencode-revision-{revision}"

    def _look(self, runtime: InstanceRuntime, event: Event, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change, SessionChanged | SessionGone | TranscriptChanged):
                self._changed(runtime, change.session_id)

    def _changed(self, runtime: InstanceRuntime, session_id: str) -> None:
        if session_id not in runtime.conversations or runtime.is_busy(session_id):
            return
        self._due.add((runtime, session_id))
        if self._timer is None:
            now = self._home.loop.time()
            self._timer = self._home.loop.call_later(max(REST, self._drawn_at + APART - now), self._start)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._timer = None
        if self._copy():
            self._home.spawn(self._draw(tuple(self._copies.values())))

    def _copy(self) -> bool:
        """Copy the sessions that are at rest. Returns whether anything is new."""
        from ...operations.saved_transcript import copied  # as in `_drawn`

        due, self._due = self._due, set()
        is_new = False
        for key in due:
            runtime, id = key
            session = runtime.state.sessions.get(id)
            if runtime.is_busy(id) or (session is not None and not session.ids):
                continue  # its end, or its messages, will be reported
            before = self._copies.pop(key, None)
            if session is not None:
                place = f"session {id} of {runtime.directory or runtime.title}"
                self._copies[key] = copied(session.info.title, place, session)
            is_new = is_new or self._copies.get(key) != before
        for key in list(self._copies)[:-MOST]:
            del self._copies[key]
        return is_new

    async def _draw(self, copies: tuple[Conversation, ...]) -> None:
        self._drawn_at = self._home.loop.time()
        revision = self.revision + 1
        version = await asyncio.to_thread(_drawn, copies, self._class(revision), self._empty())
        if self.revision < revision:  # the end of a cell has not been faster
            self._show(version)

    def _show(self, version: SavedTranscript) -> None:
        self._drawn_at = self._home.loop.time()
        self.revision += 1
        self._latest = version
        self._publish(version)


def _drawn(copies: tuple[Conversation, ...], name: str, empty: str) -> SavedTranscript:
    # Imported when the first transcript is drawn, with the renderer: a start need not wait for them.
    from ...operations.saved_transcript import drawn

    return drawn(copies, name, empty)
