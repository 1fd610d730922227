"""What a document is made of, before it has a format. Every format draws these, and nothing else.

The texts are as the agent, the server or the user wrote them; each format escapes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Tone(Enum):
    """How words of ours are meant."""

    PLAIN = "plain"
    QUIET = "quiet"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a document (level 1), or who speaks (level 2); `detail` stands behind it, less loud."""

    text: str
    level: int = 2
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown of the agent, or with `by_user` of the user."""

    text: str
    by_user: bool = False


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Markdown that a model wrote for itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph of plain words; `name` stands before them in bold."""

    text: str
    tone: Tone = Tone.PLAIN
    name: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is shown letter by letter, in a fixed width."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: its mark, such as a box, its words, and a note about them."""

    text: str
    mark: str = "•"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short lines."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A call of a tool: its name, what it was about, how it ended, and what is folded away."""

    name: str
    title: str = ""
    outcome: str = ""
    inside: tuple[Code | Items, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a cell; `differs`: those of the cells beside it are others, and these are marked."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Plain words with their lines; a note stands below them."""

    spans: tuple[Span, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells side by side, below the titles of their columns."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the kernel itself made or read; it stands beside the blocks of a cell's output. None that an agent names gets here.

    Attributes:
        mime: "image/png", "image/jpeg", "image/gif" or "image/webp".
        content: the bytes of the file.
    """

    mime: str
    content: bytes


# In the place of what a document has no room for.
CUT = Words("The rest is left out: the document would be too large.", Tone.QUIET)

Block = Heading | Prose | Reasoning | Words | Code | Items | Table | Tool

# Characters of a tool's input or output that stand in a document for reading.
OUTPUT = 20_000
# The last line of a text that was shortened before, and about how long it is.
_SHORTENED = re.compile(r"\n… \((\d{1,15}) characters\)\Z")
_NOTE = 40
# Entries of a list.
ENTRIES = 500
# Bytes of a file.
FILE_BYTES = 64_000_000


def shortened(text: str, bound: int = OUTPUT) -> str:
    """Text within the bound; where something is left out, the last line says how long the whole is."""
    if len(text) <= bound:
        return text
    was = _SHORTENED.search(text, max(0, len(text) - _NOTE))
    return f"{text[:bound]}\n… ({was[1] if was else len(text)} characters)"


def listed(items: Iterable[Item]) -> Items:
    """A list within the bound; where something is left out, the last entry says so."""
    every = tuple(items)
    left = len(every) - ENTRIES
    return Items(every if left <= 0 else (*every[:ENTRIES], Item(f"{left} more", "…")))


def within(bound: int, pieces: Iterable[str], note: str) -> Iterator[str]:
    """What was drawn, up to so many bytes; where something is left out, the note follows."""
    for piece in pieces:
        bound -= len(piece.encode())
        if bound < 0:
            yield note
            return
        yield piece


def joined(pieces: Iterable[Iterable[Block]]) -> Iterator[Block]:
    """All blocks of several pieces, in order."""
    for piece in pieces:
        yield from piece
