"""Any value on one line, or as an outline of a few lines: within bounds, whatever its size, its depth and its own repr."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from ..work import in_words, type_name

# Characters of a value on one line.
LINE = 200
# Characters of a value in a cell of a table.
CELL = 60
# Entries of a container that have a line of their own.
ENTRIES = 50


class _Brief(reprlib.Repr):
    """The repr of a value, with a few entries of its containers. What has a shape is named by it instead."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdeque = 8
        self.maxarray = 8
        self.maxlong = 60
        self.maxstring = self.maxother = 120

    def repr_instance(self, x: Any, level: int) -> str:
        """Whatever is no container of Python."""
        if (shape := shape_of(x)) is not None:
            return f"<{type_name(type(x))} {shape}>"
        try:
            text = repr(x)
        except Exception as fault:  # noqa: BLE001 - code of the object, which may raise anything
            return f"<{type_name(type(x))}, whose repr raised {in_words(fault)}>"
        return cut(text, self.maxother)

    def repr_int(self, x: int, level: int) -> str:
        """A number of thousands of digits has no repr, by a bound of Python."""
        return repr(x) if x.bit_length() < 1_000 else f"<int of {x.bit_length():,} bits>"


_brief = _Brief()


def brief(value: object, room: int = LINE) -> str:
    """The repr of a value on one line."""
    return cut(" ".join(_brief.repr(value).split()), room)


def cut(text: str, room: int) -> str:
    """Text without what stands in its middle, if it is too long."""
    if len(text) <= room:
        return text
    tail = room // 4
    return f"{text[: room - tail - 1]}…{text[len(text) - tail :]}"


def shape_of(value: object) -> str | None:
    """The shape of an array or a table, "100 x 5"; None of anything else."""
    if not hasattr(type(value), "shape"):
        return None
    try:
        shape = tuple(value.shape)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - code of the object, which may raise anything
        return None
    return by(shape) if shape else None


def by(shape: Iterable[Any]) -> str:
    """A shape in words: "100 x 5"; "scalar" without a dimension."""
    return " x ".join(f"{size:,}" if isinstance(size, int) else str(size) for size in shape) or "scalar"


def lines(entries: Iterable[str], total: int) -> tuple[str, tuple[str, ...]]:
    """The first entries, one on each line; and what was left out."""
    shown = list(islice(entries, ENTRIES))
    left = total - len(shown)
    return "\n".join(shown), (f"{left:,} of {total:,} entries",) if left > 0 else ()


# ---- tables -----------------------------------------------------------------------------------------------------------


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    head = [f"| {' | '.join(map(cell, headers))} |", f"|{' --- |' * len(headers)}"]
    return "\n".join([*head, *(f"| {' | '.join(map(cell, row))} |" for row in rows)])


def cell(value: object) -> str:
    """A value in a cell of a table: text as it is, anything else by its repr, and numbers as they print."""
    if isinstance(value, str):
        text = cut(value, CELL)
    elif type(value).__module__ == "numpy" and not hasattr(value, "__len__"):
        text = cut(str(value), CELL)
    else:
        text = brief(value, CELL)
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
