"""marimo: ends what a cell made when marimo runs the cell again, or deletes it.

marimo keeps a list of items for each cell, and disposes of them before the cell runs again and when it is deleted. That is how it closes
a widget's comm (https://github.com/marimo-team/marimo/pull/8159), but it does not notify the widget, and there is no public way to add an
item (https://github.com/marimo-team/marimo/issues/7605 asks for a similar one). So the names of marimo that are used here may go. Without
them a widget's server lives until its kernel ends, as in any host that this package does not know; a test in a real marimo notices it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

# An output is at most 610 px high in marimo's editor, with a margin around the widget.
OUTPUT_HEIGHT = 570


def is_marimo() -> bool:
    """Does the caller run in a notebook of marimo?"""
    return _context() is not None


def runs_cell() -> bool:
    """Does marimo run a cell in this thread?"""
    return getattr(_context(), "execution_context", None) is not None


def on_cell_end(end: Callable[[], object]) -> bool:
    """Call a function when the running cell's outcome is discarded. Returns False where marimo, or what is used of it, is not there."""
    add = getattr(getattr(_context(), "cell_lifecycle_registry", None), "add", None)
    if add is None:
        return False
    add(_CellItem(end))
    return True


def variables() -> Mapping[str, Any] | None:
    """The variables of the notebook that runs in this thread; None outside of marimo, or where it does not give them."""
    found = getattr(_context(), "globals", None)
    return found if isinstance(found, Mapping) else None


class _CellItem:
    """An item of a cell, with the methods that marimo's `CellLifecycleItem` has."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end

    def create(self, context: object) -> None:
        """The item was added."""

    def dispose(self, context: object, deletion: bool) -> bool:  # noqa: FBT001 - marimo calls it
        """The cell's outcome is discarded. Returns True: the item is done with."""
        self._end()
        return True


def _context() -> Any:
    """The context of the notebook that runs in this thread; None outside of marimo."""
    if "marimo" not in sys.modules:
        return None
    try:
        return import_module("marimo._runtime.context").get_context()
    except Exception:  # noqa: BLE001 - marimo raises an error of its own outside of a notebook
        return None
