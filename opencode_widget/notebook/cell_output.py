"""Plain outputs of cells, which can be replaced later on."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from .cell import current_kernel


def can_publish() -> bool:
    """Is there a notebook that keeps what is published?"""
    return current_kernel() is not None


def publish(data: Mapping[str, str], id: str, *, update: bool) -> None:
    """Add an output to the cell that runs, or replace that of this id wherever it stands.

    Args:
        data: the output, by the type of each format.
        id: of the output.
        update: replace it.
    """
    display: Any = import_module("IPython.display")  # which states no types
    display.publish_display_data(dict(data), transient={"display_id": id}, update=update)
