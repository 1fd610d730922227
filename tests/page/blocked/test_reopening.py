"""The comm is opened anew for a page that was reloaded while a cell blocks. The clock is the tests' own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from opencode_widget.page.blocked.reopening import ASK_AGAIN, FIRST, FIRST_GAP, LAST_GAP, Reopening

from ...support.clock import FakeLoop


class Notebook:
    """A notebook's loop, and pages that come and go."""

    def __init__(self) -> None:
        self.clock = FakeLoop()
        self.is_responsive = False
        self.has_page = False
        self.opened: list[float] = []
        self.reopening = Reopening(self.clock, lambda: self.is_responsive, lambda: self.has_page)  # type: ignore[arg-type]
        self.reopening.open = lambda: self.opened.append(self.clock.now)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def test_nothing_is_opened_for_pages_that_were_never_heard(notebook: Notebook) -> None:
    notebook.clock.pass_by(600)
    assert notebook.opened == []


def test_after_the_last_page_left_the_comm_is_opened_ever_more_slowly_until_a_page_is_heard(notebook: Notebook) -> None:
    began = notebook.clock.now
    notebook.reopening.page_left()
    notebook.clock.pass_by(100)
    gaps = [after - before for before, after in pairwise(notebook.opened)]
    assert notebook.opened[0] - began == pytest.approx(FIRST + ASK_AGAIN)
    assert gaps[0] == pytest.approx(FIRST_GAP + ASK_AGAIN)
    assert gaps == sorted(gaps)
    assert gaps[-1] == pytest.approx(LAST_GAP + ASK_AGAIN)
    count = len(notebook.opened)
    notebook.has_page = True
    notebook.clock.pass_by(600)
    assert len(notebook.opened) == count
    assert notebook.clock.handles == [] or all(handle.cancelled for handle in notebook.clock.handles)


def test_while_another_page_is_open_nothing_is_opened(notebook: Notebook) -> None:
    notebook.has_page = True
    notebook.reopening.page_left()
    notebook.clock.pass_by(600)
    assert notebook.opened == []


def test_while_no_cell_blocks_nothing_is_opened(notebook: Notebook) -> None:
    notebook.is_responsive = True
    notebook.reopening.page_left()
    notebook.clock.pass_by(600)
    assert notebook.opened == []
    notebook.is_responsive = False
    notebook.clock.pass_by(2 * ASK_AGAIN)
    assert len(notebook.opened) == 1


def test_a_page_that_restores_the_widget_itself_gets_no_second_comm(notebook: Notebook) -> None:
    notebook.reopening.page_left()
    notebook.reopening.close()  # it asked for the traits
    notebook.clock.pass_by(600)
    assert notebook.opened == []


def test_where_pages_cannot_be_heard_nothing_is_opened(notebook: Notebook) -> None:
    notebook.reopening.open = None
    notebook.reopening.page_left()
    notebook.clock.pass_by(600)
    assert notebook.opened == []


def test_a_page_that_is_left_again_begins_anew(notebook: Notebook) -> None:
    notebook.reopening.page_left()
    notebook.clock.pass_by(60)
    notebook.has_page = True
    notebook.clock.pass_by(LAST_GAP + 1)
    notebook.opened.clear()
    notebook.has_page = False
    began = notebook.clock.now
    notebook.reopening.page_left()
    notebook.clock.pass_by(FIRST + FIRST_GAP)
    assert [at - began for at in notebook.opened] == [pytest.approx(FIRST + ASK_AGAIN)]
