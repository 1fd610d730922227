"""Markdown as a tree that can say only what is harmless: no raw HTML, no picture, no attribute, no address that is not allowed.

Both formats that draw Markdown write from this tree, so neither can write what it has no node for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["em", "strong", "s"]
Align = Literal["", "left", "center", "right"]


# ---- within a line ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Letters; nothing in them has a meaning."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Letters in a fixed width; a formula too, in its source."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line; `hard`: it must be kept."""

    hard: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """Emphasised, or struck out."""

    mark: Mark
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address, which `address.is_allowed` has let pass."""

    address: str
    inside: tuple[Inline, ...]


Inline = Text | CodeSpan | Break | Marked | Link


# ---- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    level: int
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    inside: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """`start`: the number of the first item; None: the items have no numbers."""

    start: int | None
    tight: bool
    items: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Table:
    """The first row is the head; `align` has an entry a column."""

    align: tuple[Align, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


Node = Paragraph | Headline | Quote | ListOf | CodeBlock | Rule | Table


def words_of(inside: tuple[Inline, ...]) -> str:
    """The letters of it, without marks."""
    return "".join(
        item.text if isinstance(item, Text | CodeSpan) else " " if isinstance(item, Break) else words_of(item.inside)
        for item in inside
    )
