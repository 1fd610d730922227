"""IPython tells of each cell, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from opencode_widget.notebook import cell_errors
from opencode_widget.notebook.cell_errors import CellError, watch_cells


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    shell = InteractiveShell()
    monkeypatch.setattr(cell_errors, "current_shell", lambda: shell)
    monkeypatch.setattr(cell_errors, "current_kernel", SimpleNamespace)
    yield shell
    shell.history_manager.end_session()


def run(shell: InteractiveShell, source: str) -> None:
    shell.run_cell(source, store_history=True)


def test_each_cell_is_reported_until_that_is_ended(shell: InteractiveShell) -> None:
    seen: list[CellError | None] = []
    stop = watch_cells(seen.append)
    run(shell, "1 / 0")
    run(shell, "x = 1")
    run(shell, "x = (")
    assert seen == [CellError(1, "ZeroDivisionError"), None, CellError(3, seen[2].error if seen[2] else "")]
    stop()
    stop()
    run(shell, "1 / 0")
    assert len(seen) == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, UsageError])
def test_what_needs_no_question_is_not_reported(shell: InteractiveShell, error: type[BaseException]) -> None:
    seen: list[Any] = []
    stop = watch_cells(seen.append)
    shell.user_ns["error"] = error
    run(shell, "raise error()")
    stop()
    assert seen == []


def test_without_a_notebook_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_errors, "current_shell", lambda: None)
    watch_cells(lambda error: None)()
