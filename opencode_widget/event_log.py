"""The latest events of a stream, for those who want to see what a server says."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from .model.cut import cut
from .model.dialects import Decoded
from .model.view import View, compact

KEPT = 500


class Heard(NamedTuple):
    """One event; `at`: ms since 1970 by our clock."""

    number: int
    at: int
    decoded: Decoded

    def view(self) -> View:
        """The JSON that a page draws; see `LoggedEvent` in `frontend/src/protocol.ts`."""
        data = self.decoded.data
        return compact(
            number=self.number, at=self.at, name=self.decoded.name, session=_session_of(self.decoded), data=cut(data)
        )


class EventLog:
    """A ring of the latest events, each with its number."""

    def __init__(self) -> None:
        self._heard: deque[Heard] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, decoded: Decoded, at: int) -> None:
        """Remember an event; costs no more than that."""
        self._count += 1
        self._heard.append(Heard(self._count, at, decoded))

    def after(self, number: int) -> list[View]:
        """Those after a number, as far as they are kept."""
        return [one.view() for one in self._heard if one.number > number]


def _session_of(decoded: Decoded) -> str | None:
    """The session that an event is about; one that we make nothing of may name it nonetheless."""
    named = (getattr(event, "session_id", None) for event in decoded.events)
    return next((id for id in named if id), None) or _named_in(decoded.data)


def _named_in(data: Any, depth: int = 3) -> str | None:
    if not isinstance(data, Mapping) or depth == 0:
        return None
    found = data.get("sessionID")
    if isinstance(found, str):
        return found
    inner = (_named_in(data.get(key), depth - 1) for key in ("payload", "properties", "data"))
    return next((id for id in inner if id), None)
