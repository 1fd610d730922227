"""Whether a cell runs on the loop."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget.notebook import running


async def run_cell_async(end: asyncio.Event) -> None:
    """As IPython's, by name."""
    await end.wait()


async def test_a_cell_runs_from_its_begin_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "current_kernel", object)
    assert not running.runs_cell()
    end = asyncio.Event()
    cell = asyncio.create_task(run_cell_async(end))
    assert running.runs_cell()
    assert running.task_of_cell(asyncio.get_running_loop()) is cell
    end.set()
    await cell
    assert not running.runs_cell()


async def test_outside_a_kernel_no_cell_runs() -> None:
    end = asyncio.Event()
    task = asyncio.create_task(run_cell_async(end))
    assert not running.runs_cell()
    end.set()
    await task


def test_pages_wait_for_cells_where_the_kernel_has_one_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    class SixthKernel:
        msg_queue = object()

    assert not running.pages_wait_for_cells()
    monkeypatch.setattr(running, "current_kernel", SixthKernel)
    assert running.pages_wait_for_cells()
    monkeypatch.setattr(running, "current_kernel", object)
    assert not running.pages_wait_for_cells()
