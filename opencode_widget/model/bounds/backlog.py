"""What waits for something that is not known yet."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from .recent import Recent

T = TypeVar("T")

# Keys of which something was dropped that are remembered.
LOST_BOUND = 1000


class Waited(NamedTuple, Generic[T]):
    """What waited for a key, in order; `lost`: some of it was dropped, and all of it with that."""

    items: list[T]
    lost: bool


class Backlog(Generic[T]):
    """Items that wait, by what they wait for.

    A server that never says what they wait for must not make this process grow, so both their number and their size are bounded. Where
    there is no room, all that waits for the same thing is dropped: half of it would be wrong, none of it is merely missing.

    Args:
        number: the most items.
        size: the most that all items may weigh together, see `weight.py`.
    """

    __slots__ = ("_items", "_lost", "_number", "_size", "number", "size")

    def __init__(self, number: int, size: int) -> None:
        self.number = number
        self.size = size
        self._number = 0
        self._size = 0
        self._items: dict[str, list[tuple[T, int]]] = {}
        self._lost = Recent(LOST_BOUND)

    def add(self, key: str, item: T, size: int) -> bool:
        """Have an item wait; returns False where there is no room for it, or was none for one before it."""
        if key in self._lost:
            return False
        if self._number >= self.number or self._size + size > self.size:
            self._drop(key)
            self._lost.add(key)
            return False
        self._items.setdefault(key, []).append((item, size))
        self._number += 1
        self._size += size
        return True

    def take(self, key: str) -> Waited[T]:
        """What waited; it does not any longer."""
        lost = self._lost.discard(key)
        return Waited(self._drop(key), lost)

    def _drop(self, key: str) -> list[T]:
        dropped = self._items.pop(key, [])
        self._number -= len(dropped)
        self._size -= sum(size for _, size in dropped)
        return [item for item, _ in dropped]

    def clear(self) -> None:
        """Let go of everything."""
        self._items.clear()
        self._lost.clear()
        self._number = self._size = 0

    def __len__(self) -> int:
        return self._number
