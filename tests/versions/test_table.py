"""The table of the documentation."""

from __future__ import annotations

from . import __main__ as matrix
from .releases import VERSIONS, chosen

LINES = [
    '{"version": "1.2.27", "step": "ask", "good": true}',
    '{"version": "1.0.185", "step": "ask", "good": true}',
    '{"version": "1.0.185", "step": "ask", "good": false}',
    '{"version": "1.0.185", "step": "diff", "good": true}',
]


def test_a_line_for_each_version_and_a_column_for_each_step() -> None:
    assert matrix.table(matrix.results(LINES)).splitlines() == [
        "| OpenCode | ask | diff |",
        "|---|---|---|",
        "| 1.0.185 | **no** | yes |",
        "| 1.2.27 | yes |  |",
    ]


def test_it_replaces_the_one_that_is_there() -> None:
    page = f"Before\n\n{matrix.BEGIN}\n\nold\n\n{matrix.END}\n\nAfter\n"
    assert matrix.with_table(page, "new") == page.replace("old", "new")
    assert matrix.BEGIN in matrix.PAGE.read_text()


def test_each_run_tries_some_and_the_night_all() -> None:
    assert len({tried.version for tried in VERSIONS}) == len(VERSIONS) == 20
    assert {tried.version for tried in VERSIONS if tried.always} >= {"1.0.185", "1.2.27", "1.14.41", "1.15.13"}
    assert list(chosen())
