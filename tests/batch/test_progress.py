"""The bar of a batch, with tqdm and without."""

from __future__ import annotations

import pytest

from opencode_widget.batch import progress as module
from opencode_widget.batch.answers import Answer
from opencode_widget.batch.progress import Progress


def test_the_bar_counts_what_is_done_what_failed_and_what_it_cost(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progress(3, 1, shown=True)
    bar.add(Answer(1, cost=0.25))
    bar.add(Answer(2, error="No."))
    bar.close()
    shown = capsys.readouterr().err
    assert "OpenCode" in shown
    assert "3/3" in shown
    assert "failed=1, cost=$0.2500" in shown


def test_without_tqdm_or_when_it_is_not_wanted_nothing_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for shown in (False, True):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
        bar = Progress(1, 0, shown=shown)
        bar.add(Answer(0, error="No."))
        bar.close()
    assert capsys.readouterr() == ("", "")
