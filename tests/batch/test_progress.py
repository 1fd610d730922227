"""How far a batch is: the bar, with tqdm and without, and what the pages get."""

from __future__ import annotations

import pytest

from opencode_widget.batch import progress as module
from opencode_widget.batch.answers import Answer
from opencode_widget.batch.progress import Batches, Progress


def batches() -> Batches:
    """The batches of a widget whose loop runs all at once."""
    return Batches(lambda function, *args: function(*args), lambda: None)


def test_the_bar_counts_what_is_done_what_failed_and_what_it_cost(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progress(3, 1, shown=True, batches=batches())
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
        bar = Progress(1, 0, shown=shown, batches=batches())
        bar.add(Answer(0, error="No."))
        bar.close()
    assert capsys.readouterr() == ("", "")


def test_the_pages_get_every_batch_from_its_begin_to_its_end() -> None:
    changes: list[int] = []
    shown = Batches(lambda function, *args: function(*args), lambda: changes.append(1))
    first, second = Progress(3, 1, shown=False, batches=shown), Progress(1, 0, shown=False, batches=shown)
    assert shown.views() == []
    stopped: list[str] = []
    first.begin(lambda: stopped.append("first"))
    second.begin(lambda: stopped.append("second"))
    first.add(Answer(1, cost=0.25))
    first.add(Answer(2, cost=0.5, error="No."))
    one, two = shown.views()
    assert {**one, "id": ""} == {"id": "", "total": 3, "done": 3, "failed": 1, "cost": 0.75}
    assert {**two, "id": ""} == {"id": "", "total": 1, "done": 0, "failed": 0}
    shown.stop(two["id"])
    assert stopped == ["second"]
    first.close()
    assert shown.views() == [two]
    second.close()
    second.close()
    shown.stop(two["id"])  # a page that has not heard of the end yet
    assert (shown.views(), stopped, len(changes)) == ([], ["second"], 6)
