"""Whether a cell runs, and whether the host hands over the messages of pages meanwhile."""

from __future__ import annotations

import asyncio

from . import marimo
from .cell import current_kernel

# The coroutine in which IPython runs an asynchronous cell.
RUNS_CELL = "run_cell_async"


def runs_cell() -> bool:
    """Does a cell run on the caller's loop? As the caller runs too, the cell awaits something."""
    if marimo.runs_cell():
        return True
    return current_kernel() is not None and task_of_cell(asyncio.get_running_loop()) is not None


def task_of_cell(loop: asyncio.AbstractEventLoop) -> asyncio.Task[object] | None:
    """The task in which IPython runs a cell on this loop; None if it runs none."""
    named = ((task, getattr(task.get_coro(), "__name__", "")) for task in asyncio.all_tasks(loop))
    return next((task for task, name in named if name == RUNS_CELL), None)


def pages_wait_for_cells() -> bool:
    """Do the messages of pages wait for a cell that runs, even if it only awaits? So it is in marimo and with ipykernel 6."""
    kernel = current_kernel()
    # ipykernel 7.0 and 7.1 still have the queue, and don't put messages of the shell into it.
    is_queued = getattr(kernel, "msg_queue", None) is not None and getattr(kernel, "shell_channel_thread", None) is None
    return marimo.is_marimo() or is_queued
