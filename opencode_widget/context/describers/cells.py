"""Cells of the notebook: their source, and the value of their last expression."""

from __future__ import annotations

from ..description import TEXT_BYTES, Description, code
from ..namespace import Cell
from ..registry import describer_of
from .values import anything

# Of the source; the rest is for the value.
SOURCE = TEXT_BYTES // 2 - 500


def describe_cell(cell: object) -> Description:
    """A cell that ran. What it printed is not kept by the kernel."""
    assert isinstance(cell, Cell)
    source, omitted = code(cell.source, "python", SOURCE)
    kind = f"cell [{cell.number}] of the notebook"
    if not cell.has_value:
        return Description(kind, source, omitted=(*omitted, "what it printed"))
    found = (describer_of(cell.value) or anything)(cell.value)
    value = found if isinstance(found, Description) else Description(type(cell.value).__qualname__, found)
    text = f"{source}\n\nIts value: {value.kind}\n\n{value.text}".rstrip()
    return Description(kind, text, value.pictures, (*omitted, *value.omitted, "what it printed"))
