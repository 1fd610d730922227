"""Ids that are remembered as long as that is likely to matter."""

from __future__ import annotations

# A server that repeats an event does so soon.
BOUND = 10_000


class Recent:
    """A set of the latest ids: beyond `bound` of them the oldest is forgotten."""

    __slots__ = ("_bound", "_ids")

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._ids: dict[str, None] = {}

    def add(self, id: str) -> bool:
        """Remember an id. Return whether it is new."""
        if id in self._ids:
            return False
        self._ids[id] = None
        if len(self._ids) > self._bound:
            del self._ids[next(iter(self._ids))]
        return True

    def discard(self, id: str) -> bool:
        """Forget an id. Return whether it was known."""
        known = id in self._ids
        self._ids.pop(id, None)
        return known

    def clear(self) -> None:
        """Forget all."""
        self._ids.clear()

    def __contains__(self, id: object) -> bool:
        return id in self._ids
