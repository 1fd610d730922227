"""Items that wait for something that is not known yet."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from .recent import Recent

T = TypeVar("T")

# Keys that are remembered because items of theirs were dropped.
LOST_BOUND = 1000


class Waited(NamedTuple, Generic[T]):
    """The items that waited for a key, in order. `lost`: all of them were dropped, because one had no room."""

    items: list[T]
    lost: bool


class Backlog(Generic[T]):
    """Items by the key that they wait for.

    A server that never sends what they wait for must not fill the memory, so their number and their size are bounded. Where there is no
    room, all items of the key are dropped: some of them would make a wrong result, none of them only an incomplete one.

    Args:
        number: the maximum number of items.
        size: the maximum weight of all items together, see `weight.py`.
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
        """Add an item. Return False where it has no room, or an earlier one of its key had none."""
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
        """Remove the items of a key, and return them."""
        lost = self._lost.discard(key)
        return Waited(self._drop(key), lost)

    def _drop(self, key: str) -> list[T]:
        dropped = self._items.pop(key, [])
        self._number -= len(dropped)
        self._size -= sum(size for _, size in dropped)
        return [item for item, _ in dropped]

    def clear(self) -> None:
        """Remove all items."""
        self._items.clear()
        self._lost.clear()
        self._number = self._size = 0

    def __len__(self) -> int:
        return self._number
