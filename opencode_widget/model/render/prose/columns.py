"""A table of ours as the same tree that a table in Markdown becomes, so that both are drawn alike."""

from __future__ import annotations

from collections.abc import Iterable

from .. import blocks
from .tree import Align, Break, Inline, Marked, Table, Text


def columns(block: blocks.Table) -> Table:
    """The table as a node."""
    head = tuple(lines(words) for words in block.head)
    align: Align = "left"
    return Table((align,) * len(head), (head, *(tuple(map(_cell, row)) for row in block.rows)))


def _cell(cell: blocks.Cell) -> tuple[Inline, ...]:
    words = tuple(item for span in cell.spans for item in _span(span))
    return (*words, Break(hard=True), Marked("em", lines(cell.detail))) if cell.detail else words


def _span(span: blocks.Span) -> Iterable[Inline]:
    return (Marked("strong", lines(span.text)),) if span.differs else lines(span.text)


def lines(words: str) -> tuple[Inline, ...]:
    """Plain words, with their lines kept."""
    pieces: list[Inline] = []
    for line in words.split("\n"):
        pieces += (Text(line), Break(hard=True))
    return tuple(pieces[:-1])
