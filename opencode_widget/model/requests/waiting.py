"""Counts the waiting requests of each session, which are those of its agent and of the sessions below it."""

from __future__ import annotations

from collections.abc import Iterable

# Ancestors that count a request of a session. No server nests its agents deeper; one that does must not make each request as expensive as
# there are sessions.
LEVELS = 100


class Waiting:
    """The counts, as requests come and go.

    A request is counted in the sessions that were given with it until it is removed, so no count can drift.
    """

    __slots__ = ("_lines", "_requests")

    def __init__(self) -> None:
        self._lines: dict[str, tuple[str, ...]] = {}
        self._requests: dict[str, dict[str, None]] = {}

    def count(self, session_id: str) -> int:
        """The number of requests that wait in a session and below it."""
        return len(self._requests.get(session_id, ()))

    def put(self, request_id: str, line: Iterable[str]) -> set[str]:
        """Count a request in these sessions, and in no others. Return those whose count changed."""
        before = set(self._lines.get(request_id, ()))
        self.remove(request_id)
        now = self._lines[request_id] = tuple(line)
        for id in now:
            self._requests.setdefault(id, {})[request_id] = None
        return before ^ set(now)

    def remove(self, request_id: str) -> set[str]:
        """Stop counting a request. Return the sessions whose count changed."""
        line = self._lines.pop(request_id, ())
        for id in line:
            known = self._requests[id]
            del known[request_id]
            if not known:
                del self._requests[id]
        return set(line)

    def of(self, session_id: str) -> list[str]:
        """The requests that are counted in a session."""
        return list(self._requests.get(session_id, ()))

    def clear(self) -> dict[str, int]:
        """Stop counting all requests. Return the counts until now."""
        had = self.counts()
        self._lines.clear()
        self._requests.clear()
        return had

    def counts(self) -> dict[str, int]:
        """The counts of all sessions that have any."""
        return {id: len(known) for id, known in self._requests.items()}
