"""How much one frame carries: what is more goes with the next ones, so that making and sending a frame never takes long."""

from __future__ import annotations

from typing import Any

from .weight import HEAD, weight

# About the characters of one frame. Making, encoding and sending a million takes some 30 ms.
FRAME = 1_000_000


class Room:
    """What is left of a frame's room; `None`: there is no bound."""

    def __init__(self, most: int | None = FRAME) -> None:
        self._left = most

    def __bool__(self) -> bool:
        """Is there any left?"""
        return self._left is None or self._left > 0

    def spend(self, *values: Any) -> None:
        """Take what these values need; the last of a frame may need more than there is."""
        if self._left is not None:
            self._left -= HEAD + weight(*values)

    def spend_text(self, length: int) -> None:
        """The same of a piece of text: the many."""
        if self._left is not None:
            self._left -= HEAD + length
