"""Cells that fail: IPython tells of each cell that has run, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .cell import current_kernel, current_shell

AFTER_CELL = "post_run_cell"
# A magic reports its wrong use by this, in one line, and there is nothing more to know about it.
USAGE = "UsageError"


class CellError(NamedTuple):
    """How a cell failed.

    Attributes:
        number: as it stands beside the cell, [12]; None where the cell has none.
        error: the name of the exception's type. Its message may hold anything, and is not read.
    """

    number: int | None
    error: str


def watch_cells(ended: Callable[[CellError | None], None]) -> Callable[[], None]:
    """Call a function after each cell of the notebook in which the caller runs.

    Args:
        ended: gets how the cell failed; None if it succeeded. A cell that the user stopped is not reported.

    Returns:
        A function that ends this. Outside of a notebook of IPython nothing is watched.
    """
    events = getattr(current_shell(), "events", None)  # a kernel that is not ipykernel may have none
    if events is None or current_kernel() is None:
        return lambda: None

    def look(result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            ended(None)
        elif isinstance(error, Exception) and type(error).__name__ != USAGE:
            ended(CellError(result.execution_count, type(error).__name__))

    def stop() -> None:
        if look in events.callbacks[AFTER_CELL]:
            events.unregister(AFTER_CELL, look)

    events.register(AFTER_CELL, look)
    return stop
