"""The lines that a server printed, each with its number.

The kernel reads only the end of the server's log, again and again. `update` finds where the lines that it knows end in what it reads, and
appends the rest, so that a page can ask for the lines after a number.
"""

from __future__ import annotations

# Lines that are kept.
KEPT = 2000


class ServerLog:
    """Numbers the lines of a log, from 0."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._first = 0

    def update(self, seen: tuple[str, ...]) -> None:
        """Append what is new.

        Args:
            seen: the end of the log as it is now.
        """
        known = self._overlap(seen)
        self._lines += seen[known:]
        surplus = max(0, len(self._lines) - KEPT)
        self._first += surplus
        del self._lines[:surplus]

    def _overlap(self, seen: tuple[str, ...]) -> int:
        """How many of the lines seen are known already; 0 after a restart of the server."""
        lines = self._lines
        for length in range(min(len(lines), len(seen)), 0, -1):
            if lines[-1] == seen[length - 1] and lines[len(lines) - length :] == list(seen[:length]):
                return length
        return 0

    @property
    def next(self) -> int:
        """The number that the next line will have."""
        return self._first + len(self._lines)

    def after(self, number: int) -> list[str]:
        """The lines from a number on; without those that were dropped."""
        return self._lines[max(0, number - self._first) :]
