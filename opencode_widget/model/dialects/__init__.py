"""Wire JSON -> events, one module a dialect. Nothing above this folder and `server/` knows which is spoken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..events import Event, PartDelta


@dataclass(slots=True)
class Decoded:
    """What one event of the stream says.

    Attributes:
        events: none, one or several.
        name: the server's own word for it.
        directory: the folder that it is about; None where it does not say.
        data: the JSON itself, for those who debug; long ends are cut. `size`: about its characters.
        log_position: of an event that a server keeps for good: its session, and its number among that session's.
    """

    events: tuple[Event, ...]
    name: str
    directory: str | None = None
    log_position: tuple[str, int] | None = None
    data: Any = field(default=None, compare=False, repr=False)
    size: int = field(default=0, compare=False, repr=False)


Decode = Callable[[Any], Decoded]


def is_delta(decoded: Decoded) -> bool:
    """Is this a delta, the one event that comes by the thousand, and nothing else?"""
    return len(decoded.events) == 1 and type(decoded.events[0]) is PartDelta
