"""The lines that a server printed, each with its number, made of looks at the end of its log."""

from __future__ import annotations

KEPT = 2000


class ServerLog:
    """Numbers lines, from 0. A look shows the end of the log alone, so what is known tells where it goes on."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._first = 0

    def update(self, seen: tuple[str, ...]) -> None:
        """The end of the log as it is now."""
        known = self._overlap(seen)
        self._lines += seen[known:]
        surplus = max(0, len(self._lines) - KEPT)
        self._first += surplus
        del self._lines[:surplus]

    def _overlap(self, seen: tuple[str, ...]) -> int:
        """How many of the lines seen are the last ones known; 0 after a restart."""
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
        """The lines from a number on, as far as they are kept."""
        return self._lines[max(0, number - self._first) :]
