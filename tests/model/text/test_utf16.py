"""Lengths as JavaScript counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.model.text.utf16 import units


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("é\uffff", 2), ("🐑", 2), ("a🐑b\U0010ffff", 6)])
def test_a_character_beyond_the_basic_plane_counts_as_two(text: str, length: int) -> None:
    assert units(text) == length


@given(st.text())
def test_the_length_is_that_of_the_encoded_text(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(), st.text())
def test_lengths_add_up(first: str, second: str) -> None:
    assert units(first + second) == units(first) + units(second)


def test_half_a_character_counts_as_one() -> None:
    assert units("\ud83d") == 1
