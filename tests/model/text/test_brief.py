"""Numbers with their nouns, and the beginnings of texts."""

from __future__ import annotations

import pytest

from opencode_widget.model.text.brief import beginning, counted


@pytest.mark.parametrize(("number", "words"), [(0, "0 rows"), (1, "1 row"), (2_000, "2,000 rows")])
def test_a_number_has_its_noun(number: int, words: str) -> None:
    assert counted(number, "row") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("A plain text", "A plain text"),
        ("Two\n\n  lines", "Two lines"),
        ("Longer than that is", "Longer than…"),
        ("Short" + " " * 100 + "and more", "Short…"),
    ],
)
def test_a_text_begins_on_one_line(text: str, words: str) -> None:
    assert beginning(text, 12) == words
