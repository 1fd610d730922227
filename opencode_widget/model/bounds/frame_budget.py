"""The size of a frame: what exceeds it goes with later frames, so that no frame takes long to make and to send."""

from __future__ import annotations

from typing import Any

from .weight import HEAD, weight

# About the characters of one frame. A million takes about 30 ms to make, encode and send.
FRAME = 1_000_000


class Room:
    """What is left of the room of a frame; None for no bound."""

    def __init__(self, most: int | None = FRAME) -> None:
        self._left = most

    def __bool__(self) -> bool:
        """Is any room left?"""
        return self._left is None or self._left > 0

    def spend(self, *values: Any) -> None:
        """Use the room for these values. The last of a frame may exceed it."""
        if self._left is not None:
            self._left -= HEAD + weight(*values)

    def spend_text(self, length: int) -> None:
        """Use the room for a piece of text. A faster way for the most frequent case."""
        if self._left is not None:
            self._left -= HEAD + length
