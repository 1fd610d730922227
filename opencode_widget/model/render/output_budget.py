"""What of a document a cell's output has room for.

The kernel draws an output in one step, the notebook keeps it, and whoever opens the notebook loads it: a file has room for more. What came
last is what a reader looks for, so the room is given from the end, first to what is open and then to what is folded away. Whatever is
left out is named where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .blocks import (
    Block,
    Cell,
    Code,
    Heading,
    Item,
    Items,
    Prose,
    Reasoning,
    Span,
    Table,
    Tone,
    Tool,
    Words,
    shortened,
)

# Letters of an output, which cost the kernel about 100 ms at most. A letter that is escaped costs the sanitiser as much as so many others,
# and an element more.
OUTPUT = 250_000
ESCAPES = "&<>$\\"
ESCAPED = 60
ELEMENT = 200
# Letters of an input or output that is folded away.
FOLDED = 8_000
EARLIER = Words(
    "What came before is left out here: the output would be too large. An export has all of it.", Tone.QUIET
)


def weight(text: str) -> int:
    """What it costs to draw a text, in letters."""
    return len(text) + ESCAPED * sum(map(text.count, ESCAPES))


def weight_of(blocks: Iterable[Block]) -> int:
    """What it costs to draw blocks, without what is folded away."""
    return sum(ELEMENT + sum(ELEMENT + weight(text) for text in _texts(block)) for block in blocks)


def fitted(blocks: Sequence[Block], room: int = OUTPUT) -> list[Block]:
    """The last blocks that there is room for."""
    left = OutputRoom(room)
    shown: list[tuple[Block, Block]] = []
    for block in reversed(blocks):
        if left.letters <= 0:
            break
        shown.append((left.opened(block), block))
    kept = [left.folded(opened, block) for opened, block in shown]
    if len(kept) < len(blocks):
        kept.append(EARLIER)
    return kept[::-1]


class OutputRoom:
    """So many letters are left."""

    def __init__(self, letters: int) -> None:
        self.letters = letters

    def take(self, text: str, most: int | None = None) -> str:
        """A text, or as much of its beginning as there is room for."""
        room = self.letters if most is None else min(most, self.letters)
        cost = weight(text)
        self.letters -= min(cost, max(room, 0)) + ELEMENT
        return text if cost <= room else shortened(text, _length(text, room))

    def opened(self, block: Block) -> Block:
        """A block, without what is folded away."""
        self.letters -= ELEMENT
        match block:
            case Heading():
                return replace(
                    block, text=self.take(block.text), detail=self.take(block.detail) if block.detail else ""
                )
            case Words():
                return replace(block, text=self.take(block.text), name=self.take(block.name) if block.name else "")
            case Tool():
                title, error = self.take(block.title), self.take(block.error) if block.error else ""
                return replace(block, name=self.take(block.name), title=title, error=error, inside=())
            case Prose() | Reasoning() | Code():
                return replace(block, text=self.take(block.text))
            case Table():
                return self._table(block)
            case _:
                return self._items(block)

    def folded(self, block: Block, whole: Block) -> Block:
        """A tool's call with what is folded away in it."""
        if not (isinstance(block, Tool) and isinstance(whole, Tool)):
            return block
        inside = (
            replace(item, text=self.take(item.text, FOLDED)) if isinstance(item, Code) else self._items(item)
            for item in whole.inside
        )
        return replace(block, inside=tuple(inside))

    def _table(self, block: Table) -> Table:
        kept: list[tuple[Cell, ...]] = []
        for row in block.rows:
            if self.letters <= 0:
                break
            kept.append(tuple(self._cell(cell) for cell in row))
        left = len(block.rows) - len(kept)
        return replace(block, rows=(*kept, (Cell((Span(f"… {left} more rows"),)),)) if left else tuple(kept))

    def _cell(self, cell: Cell) -> Cell:
        spans: list[Span] = []
        for span in cell.spans:
            if self.letters <= 0:
                spans.append(Span(" …"))
                break
            spans.append(replace(span, text=self.take(span.text)))
        return Cell(tuple(spans), self.take(cell.detail) if cell.detail else "")

    def _items(self, block: Items) -> Items:
        kept: list[Item] = []
        for item in block.items:
            if self.letters <= 0:
                break
            kept.append(replace(item, text=self.take(item.text), detail=self.take(item.detail) if item.detail else ""))
        left = len(block.items) - len(kept)
        return Items((*kept, Item(f"{left} more", "…")) if left else tuple(kept))


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield from (block.text, block.detail)
        case Words():
            yield from (block.name, block.text)
        case Tool():
            yield from (block.name, block.title, block.error)
        case Items():
            yield from (words for item in block.items for words in (item.text, item.detail))
        case Table():
            yield from _texts_of_cells(block)
        case _:
            yield block.text


def _texts_of_cells(block: Table) -> Iterator[str]:
    yield from block.head
    for row in block.rows:
        for cell in row:
            yield from (*(span.text for span in cell.spans), cell.detail)


def _length(text: str, room: int) -> int:
    """Letters of the longest beginning that fits."""
    low, high = 0, min(len(text), max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if weight(text[:middle]) <= room else (low, middle - 1)
    return low
