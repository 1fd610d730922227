"""The numbered lines of a server's log."""

from __future__ import annotations

from opencode_widget.sync.stream import server_log
from opencode_widget.sync.stream.server_log import ServerLog


def test_lines_are_numbered_as_they_come() -> None:
    book = ServerLog()
    book.update(("a", "b"))
    book.update(("a", "b", "b", "c"))
    assert (book.after(0), book.next) == (["a", "b", "b", "c"], 4)
    assert book.after(3) == ["c"]
    assert book.after(9) == []


def test_a_look_at_the_end_alone_goes_on_where_the_last_one_ended() -> None:
    book = ServerLog()
    book.update(("a", "b", "c"))
    book.update(("b", "c", "d"))
    assert book.after(0) == ["a", "b", "c", "d"]


def test_after_a_restart_the_numbers_go_on() -> None:
    book = ServerLog()
    book.update(("a", "b"))
    book.update(("x",))
    assert (book.after(2), book.next) == (["x"], 3)


def test_the_oldest_lines_go_and_numbers_stay() -> None:
    book = ServerLog()
    book.update(tuple(map(str, range(server_log.KEPT + 10))))
    assert (book.after(0)[0], book.next) == ("10", server_log.KEPT + 10)
    assert book.after(server_log.KEPT + 9) == [str(server_log.KEPT + 9)]
