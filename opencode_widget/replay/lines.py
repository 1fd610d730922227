"""The format of a recording: lines of JSON.

The first line is the header, `{"format", "version", "package", "recorded"}`. Each other line has `at`, the seconds since the recording
began, and, but for the last one, `in`, the instance; and one of:

    instance    {dialect, server, directory}          the instance is connected: how its server is spoken to, and what it says it is
    loading     true                 the stream began, and the state is being fetched
    load        [answers], histories: [session ids]   the state: all that was asked to know it
    fetching    session id           the messages of one session are being fetched
    history     session id, answers
    catalogue   [answers]            agents, models, commands
    event       the server's JSON
    grown       [session, message, part, field, text]  a text that had begun to stream before its event could be recorded
    answered    request id, by: who answered it, which no event says
    viewed      session id or null   the session on screen
    lost        true                 the stream broke
    end         the reason, in words

A line that is cut off at the end is what a killed kernel leaves; `Reading.cut` says that there was one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import RecordingFailed

FORMAT, VERSION = "opencode_widget recording", 1
# Bytes of a recording that is read.
LARGEST = 1_000_000_000

Line = dict[str, Any]
# A path, or the lines themselves.
Source = str | os.PathLike[str] | Iterable[str]
MAKE_ONE = "Record one: oc.record(path)."


@dataclass(slots=True)
class Track:
    """What was recorded of one instance."""

    dialect: str
    server: str
    directory: str | None
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A recording that was read.

    Attributes:
        name: for the user.
        tracks: by instance, in the order of their beginning.
        cut: was the last line incomplete?
        end: why it ended, in words; None where it does not say.
    """

    name: str
    tracks: dict[str, Track] = field(default_factory=dict)
    cut: bool = False
    end: str | None = None


def read(source: Source) -> Reading:
    """Read a recording. Reads the disk.

    Raises:
        RecordingFailed: it cannot be read, or is none, or of another version.
    """
    if isinstance(source, str | os.PathLike):
        reading, lines = Reading(str(source)), _read(Path(source))
    else:
        reading, lines = Reading("These lines"), list(source)
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise RecordingFailed(f"{reading.name}: the recording is empty.", remedy=MAKE_ONE)
    _check(reading.name, _parsed(lines[0]))
    for number, line in enumerate(lines[1:], 2):
        value = _parsed(line)
        if value is None and number == len(lines):
            reading.cut = True
        elif not _put(reading, value):
            raise RecordingFailed(f"{reading.name}: line {number} is not of a recording.", remedy=MAKE_ONE)
    if not reading.tracks:
        raise RecordingFailed(f"{reading.name}: the recording ended before a server was connected.", remedy=MAKE_ONE)
    return reading


def _read(path: Path) -> list[str]:
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise RecordingFailed(f"{path} is too large for a recording: {size} bytes.", remedy=MAKE_ONE)
        return path.read_bytes().decode("utf-8", "replace").split("\n")
    except OSError as problem:
        raise RecordingFailed(
            f"The recording {path} cannot be read: {problem.strerror or problem}.", remedy=_remedy(path)
        ) from None


def _remedy(path: Path) -> str:
    if sys.platform == "emscripten" and path.exists():
        return "JupyterLite lists files with this ending, and cannot read them; name the file .txt."
    return "Name another file."


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _check(name: str, header: Any) -> None:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RecordingFailed(f"{name} is not a recording of opencode_widget.", remedy=MAKE_ONE)
    if header.get("version") != VERSION:
        raise RecordingFailed(
            f"{name} is a recording of format {header.get('version')!r}; this version of opencode_widget reads format {VERSION}.",
            remedy=f"Use the version that made it ({header.get('package', 'not named')}), or a newer one.",
        )


def _put(reading: Reading, line: Any) -> bool:
    """Take a line in. Returns whether it is one of a recording; a kind that only later versions know is one, and is passed over."""
    if not isinstance(line, dict) or not isinstance(line.get("at"), int | float):
        return False
    if "end" in line:
        reading.end = str(line["end"])
        return True
    instance, opening = str(line.get("in")), line.get("instance")
    if isinstance(opening, dict):
        dialect, server, directory = (opening.get(name) for name in ("dialect", "server", "directory"))
        if not isinstance(dialect, str) or not isinstance(server, str):
            return False
        known = directory if isinstance(directory, str) else None
        reading.tracks.setdefault(instance, Track(dialect, server, known))
    elif instance in reading.tracks:
        reading.tracks[instance].lines.append(line)
    return True
