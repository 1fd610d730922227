"""The latest events of a stream, for the event inspector of the page and for bug reports."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ...model.dialects import Decoded
from ...model.text.truncate import cut
from ...model.view import without_none

if TYPE_CHECKING:
    from ...model.wire import LoggedEvent

# The number of events that are kept, and the characters that their data may have together.
KEPT, SIZE = 500, 10_000_000
# Characters of an event's name.
NAME_BOUND = 200


class EventRecord(NamedTuple):
    """What the inspector shows of an event. The event itself is not kept, since it may hold megabytes.

    Attributes:
        at: when the kernel received it, in milliseconds since 1970.
        size: about the characters of its data.
    """

    number: int
    at: int
    name: str
    session: str | None
    data: Any
    size: int

    def view(self) -> LoggedEvent:
        """The JSON that a page draws; see `LoggedEvent` in `model/wire.py`."""
        view: LoggedEvent = {
            "number": self.number,
            "at": self.at,
            "name": self.name,
            "session": self.session,
            "data": cut(self.data),
        }
        return without_none(view)


class EventLog:
    """A ring of the latest events, each with its number."""

    def __init__(self) -> None:
        self._events: deque[EventRecord] = deque()
        self._count = 0
        self._size = 0

    def add(self, decoded: Decoded, at: int) -> None:
        """Keep an event. This runs for each delta, so the JSON for the page is made only when it is asked for."""
        self._count += 1
        self._size += decoded.size
        name = decoded.name[:NAME_BOUND]
        self._events.append(EventRecord(self._count, at, name, _session_of(decoded), decoded.data, decoded.size))
        while len(self._events) > KEPT or self._size > SIZE:
            self._size -= self._events.popleft().size

    def after(self, number: int) -> list[LoggedEvent]:
        """The events after a number; without those that were dropped."""
        return [event.view() for event in self._events if event.number > number]


def _session_of(decoded: Decoded) -> str | None:
    """The session that an event is about. The data of an event that the dialect does not know may name one, too."""
    for event in decoded.events:
        if id := getattr(event, "session_id", None):
            return str(id)
    return _named_in(decoded.data)


def _named_in(data: Any, depth: int = 3) -> str | None:
    if not isinstance(data, Mapping) or depth == 0:
        return None
    found = data.get("sessionID")
    if isinstance(found, str):
        return found
    inner = (_named_in(data.get(key), depth - 1) for key in ("payload", "properties", "data"))
    return next((id for id in inner if id), None)
