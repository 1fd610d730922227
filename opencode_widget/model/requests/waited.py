"""How long the tool calls of a session waited for the user.

Servers count that time into the call's. Requests of one call that wait side by side count once. The times are those of the kernel's clock,
and only their differences count, because a server's clock may differ. Where the beginning or the end is not known, nothing is counted.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from ..entities import Request

# Calls of one session that are remembered.
CALLS_BOUND = 10_000

Key = tuple[str, str]


@dataclass(slots=True)
class Waited:
    """Of one call: the milliseconds so far, the requests that wait now, and since when any does."""

    total: float = 0
    requests: set[str] = field(default_factory=set)
    since: float | None = None


class WaitingTimes:
    """The waiting times of a session's calls, as its requests come and go."""

    __slots__ = ("_calls", "_open")

    def __init__(self) -> None:
        # A model may give calls of two messages the same id.
        self._calls: dict[Key, Waited] = {}
        self._open: dict[str, Key] = {}

    def begin(self, request: Request, at: float | None) -> None:
        """A request waits since `at`, unless it was known before."""
        if request.id in self._open or request.message_id is None or request.call is None:
            return
        key = self._open[request.id] = (request.message_id, request.call)
        waited = self._calls.setdefault(key, Waited())
        if not waited.requests:
            waited.since = at
        waited.requests.add(request.id)
        if len(self._calls) > CALLS_BOUND:
            self._forget_oldest()

    def end(self, request_id: str, at: float | None) -> bool:
        """A request waits no longer. None for `at`: it is not known since when. Return whether its call waited longer than was known."""
        key = self._open.pop(request_id, None)
        if key is None:
            return False
        waited = self._calls[key]
        waited.requests.discard(request_id)
        if waited.requests:
            return False
        before = waited.total
        if at is not None and waited.since is not None:
            waited.total += max(0, at - waited.since)
        waited.since = None
        return waited.total > before

    def keep(self, requests: Container[str]) -> None:
        """Those that wait are among these; the others ended, and it is not known when."""
        for id in [id for id in self._open if id not in requests]:
            self.end(id, None)

    def of(self, message_id: str, call: str) -> float | None:
        """The milliseconds that a call waited, as far as it is known; None if it did not."""
        waited = self._calls.get((message_id, call))
        return waited.total or None if waited is not None else None

    def _forget_oldest(self) -> None:
        for id in self._calls.pop(next(iter(self._calls))).requests:
            del self._open[id]
