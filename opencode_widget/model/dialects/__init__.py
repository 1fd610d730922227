"""Decodes the JSON of a server into events: a folder or module for each dialect. Nothing above this and `server/` knows the dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..events import Event, PartDelta


@dataclass(slots=True)
class Decoded:
    """One decoded event of the stream.

    Attributes:
        events: our events for it: none, one or several.
        name: the server's name for it.
        directory: the folder that it is about; None where the server does not say.
        data: its JSON, for the event inspector; long strings are cut. `size`: about its characters.
        raw: its JSON as the server wrote it, for a recording; None of what the server did not write. It may hold secrets.
        log_position: its session and its number there, if the server keeps it in a log.
    """

    events: tuple[Event, ...]
    name: str
    directory: str | None = None
    log_position: tuple[str, int] | None = None
    data: Any = field(default=None, compare=False, repr=False)
    size: int = field(default=0, compare=False, repr=False)
    raw: str | None = field(default=None, compare=False, repr=False)


Decode = Callable[[Any], Decoded]


def is_delta(decoded: Decoded) -> bool:
    """Is this a single delta? Deltas are by far the most frequent events."""
    return len(decoded.events) == 1 and type(decoded.events[0]) is PartDelta
