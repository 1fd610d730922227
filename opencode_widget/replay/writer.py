"""Writes the lines of a recording, on a thread of its own: a slow disk must not hold up the loop that streams.

Each line is flushed, so that a killed kernel leaves all but the last one. What goes wrong later than at the beginning ends the recording.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

from ..errors import RecordingFailed
from .lines import FORMAT, VERSION

# Seconds for what is still to be written when a recording is stopped.
PATIENCE = 5.0
OTHER_NAME = "Name another file: oc.record(path)."


class Writer:
    """The file of one recording. From any thread.

    Args:
        path: of the file, which must not exist.
        limit: the bytes that it may have.
        over: is called, on the writer's thread, when the file ends by itself; with the reason.

    Attributes:
        size: the bytes that were written.
        over: was the last line written?
    """

    def __init__(self, path: Path, limit: int, ended: Callable[[str], None], package: str) -> None:
        self.path = path
        self.size = 0
        self.over = threading.Event()
        self._limit = limit
        self._ended = ended
        self._began = time.monotonic()
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._file = _opened(path)
        try:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._put({"format": FORMAT, "version": VERSION, "package": package, "recorded": at})
        except OSError as problem:
            self._file.close()
            path.unlink(missing_ok=True)
            raise _cannot(path, problem) from None
        self._thread = threading.Thread(target=self._run, name="opencode_widget recording", daemon=True)
        self._thread.start()

    def add(self, line: dict[str, Any]) -> None:
        """Write a line, with the time of now."""
        self._lines.put({"at": self.now(), **line})

    def now(self) -> float:
        """Seconds since the recording began."""
        return round(time.monotonic() - self._began, 3)

    def stop(self) -> None:
        """Write what is still to be written, and close the file."""
        self._lines.put(None)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        reason = "stopped"
        try:
            while (line := self._lines.get()) is not None:
                if self.size > self._limit:
                    reason = f"it has reached its bound of {self._limit:,} bytes"
                    break
                self._put(line)
            self._put({"at": self.now(), "end": reason})
        except OSError as problem:
            reason = f"it could not be written: {problem.strerror or problem}"
        finally:
            self.over.set()
            self._file.close()
        if reason != "stopped":
            self._ended(reason)

    def _put(self, line: dict[str, Any]) -> None:
        # ASCII: a server's words may hold lone surrogates.
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self.size += len(data)


def _opened(path: Path) -> FileIO:
    """The new file; unbuffered, so that a line that was written is there, whatever becomes of the kernel."""
    try:
        return FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")
    except FileExistsError:
        raise RecordingFailed(f"There is a file {path} already. Nothing is recorded.", remedy=OTHER_NAME) from None
    except OSError as problem:
        raise _cannot(path, problem) from None


def _cannot(path: Path, problem: OSError) -> RecordingFailed:
    return RecordingFailed(
        f"The recording {path} cannot be written: {problem.strerror or problem}. Nothing is recorded.",
        remedy=OTHER_NAME,
    )
