"""A recording that is being made: the instances of a widget, in one file."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

from ..api.instance import Instance
from ..errors import Closed, NotAllowed
from ..model.entities import Problem
from ..page.manager import Manager
from ..sync.runtime import InstanceRuntime
from .recorder import Recorder
from .scrub import Scrubber
from .writer import Writer

# Bytes of a recording, unless the user names another bound.
LIMIT = 100_000_000


class Recording:
    """What `OpenCode.record` returns. It ends with `stop()`, at the end of a `with`, or with the widget.

    Attributes:
        path: the file.
        ended: why it ended, in words; None while it goes on.
    """

    def __init__(self, manager: Manager, writer: Writer, only: InstanceRuntime | None) -> None:
        self.path = writer.path
        self.ended: str | None = None
        self._manager = manager
        self._writer = writer
        self._only = only
        self._scrubber = Scrubber()
        self._recorders: list[Recorder] = []

    def __repr__(self) -> str:
        state = f"ended: {self.ended}" if self.ended else "goes on"
        return f"<Recording {self.path}, {self.size:,} bytes, {state}>"

    @property
    def size(self) -> int:
        """The bytes that were written."""
        return self._writer.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def ready(self) -> None:
        """Wait until the file says how everything stood when the recording began: the server is asked for it.

        A recording that is stopped earlier has the events alone. Waits, too, until a server is connected.
        """
        await self._manager.home.run(self._ready())

    async def _ready(self) -> None:
        for recorder in self._recorders:
            await recorder.loaded.wait()

    def stop(self) -> None:
        """End the recording. When this returns the file is complete. From any thread; does nothing if it has ended."""
        if self.ended is not None:
            return
        self.ended = "stopped"
        if self._manager.home.is_here:
            self._end()
        else:
            # The home loop may be blocked: the file is complete without its help.
            self._manager.home.call(self._end)
        self._writer.stop()

    # ---- on the home loop ----

    def begin(self) -> None:
        """Record the instances that are open, and those that will be."""
        self._manager.watchers.append(self._watch)
        for runtime in list(self._manager.instances.values()):
            self._watch(runtime)

    def _watch(self, runtime: InstanceRuntime) -> None:
        if self._only in (None, runtime) and self.ended is None:
            self._recorders.append(recorder := Recorder(runtime, self._writer.add, self._scrubber))
            recorder.begin()

    def _end(self) -> None:
        if self._watch in self._manager.watchers:
            self._manager.watchers.remove(self._watch)
        for recorder in self._recorders:
            recorder.end()
        self._recorders.clear()
        for ends in (self._manager.at_close, self._manager.at_exit):
            if self.stop in ends:
                ends.remove(self.stop)

    def ended_by_itself(self, reason: str) -> None:
        """The file takes no more lines. From the writer's thread."""
        if self.ended is None:
            self.ended = reason
            self._manager.home.call(self._tell)

    def _tell(self) -> None:
        self._end()
        what = f"The recording {self.path} ended: {self.ended}. What was written before can be replayed."
        self._manager.alert(Problem("RecordingEnded", what, "Make room, and begin another one."))


def record(
    manager: Manager, path: str | os.PathLike[str], instance: Instance | None, limit: int, package: str
) -> Recording:
    """Begin a recording; see `OpenCode.record`."""
    if manager.closed:
        raise Closed("The widget is closed: there is nothing to record.", remedy="Make a new one: OpenCode(...).")
    if manager.is_replay:
        raise NotAllowed("This is a replay; it is a recording already.", remedy="Copy its file.")
    only = manager.instance(instance.id) if instance is not None else None
    made: list[weakref.ref[Recording]] = []

    def ended(reason: str) -> None:
        if made and (recording := made[0]()) is not None:
            recording.ended_by_itself(reason)

    recording = Recording(manager, Writer(Path(path), limit, ended, package), only)
    made.append(weakref.ref(recording))
    manager.home.call(recording.begin)
    for ends in (manager.at_close, manager.at_exit):
        ends.append(recording.stop)
    return recording
