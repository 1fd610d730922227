"""JSON of any size, cut to what a page can bear."""

from __future__ import annotations

import json
from math import inf, nan
from typing import Any

import pytest

from opencode_widget.model.text.truncate import (
    DEPTH_BOUND,
    STRING_BOUND,
    TOTAL_BOUND,
    VALUES_BOUND,
    bounded,
    cut,
    whole,
)


def test_long_strings_are_cut_and_say_so() -> None:
    long = "x" * (STRING_BOUND + 1)
    shown = cut({"a": [long, "short", 1, None, True]})
    assert shown["a"][1:] == ["short", 1, None, True]
    assert shown["a"][0] == f"{'x' * STRING_BOUND}… ({len(long)} characters)"
    assert whole({"a": [long]}) == {"a": [long]}


def test_deep_ends_are_taken_off() -> None:
    deep: object = "end"
    for _ in range(20):
        deep = {"a": [deep]}
    shown = json.dumps(cut(deep))
    assert shown.count("{") == DEPTH_BOUND // 2
    assert "…" in json.loads(shown)["a"][0]["a"][0]["a"][0]["a"]
    assert whole(deep) == deep


def test_what_no_frame_can_carry_is_put_in_words() -> None:
    value = {"half \ud83d": [nan, inf, -inf, "\udc11", 1.5]}
    assert cut(value) == whole(value) == {"half \ufffd": ["nan", "inf", "-inf", "\ufffd", 1.5]}


@pytest.mark.parametrize(
    ("value", "last"),
    [
        (list(range(TOTAL_BOUND + 5)), "more"),
        ({str(number): number for number in range(TOTAL_BOUND)}, "more"),
        (["x" * STRING_BOUND] * 400, "more"),
    ],
)
def test_much_of_it_is_cut_too_and_says_how_much_there_is(value: Any, last: str) -> None:
    shown = cut(value)
    end = shown[-1] if isinstance(shown, list) else list(shown.values())[-1]
    assert last in end
    assert len(json.dumps(shown)) < 20 * TOTAL_BOUND


def test_four_megabytes_of_diff_cost_a_page_nothing() -> None:
    files = [{"file": f"src/{number}.py", "patch": "+line\n" * 3000} for number in range(250)]
    shown = cut({"diff": "x" * 4_000_000, "files": files})
    assert len(json.dumps(shown)) < 2 * TOTAL_BOUND


def test_many_small_values_cost_what_is_shown_of_them() -> None:
    shown = cut({"numbers": [0] * 1_000_000, "more": 1})
    assert len(shown["numbers"]) <= VALUES_BOUND
    assert shown["numbers"][-1].endswith(" more")


def test_what_a_request_has_of_small_values_is_counted_as_far_as_they_are_looked_at() -> None:
    few = bounded({"numbers": [0] * (VALUES_BOUND - 10)}, 2_000_000)
    assert (few.omitted, len(few.fields["numbers"])) == (0, VALUES_BOUND - 10)
    many = bounded({"numbers": [[0, 0]] * 1_000_000, "more": "x"}, 2_000_000)
    assert len(many.fields["numbers"]) <= VALUES_BOUND
    assert many.omitted > 900_000


def test_a_name_is_whole_though_its_value_is_cut() -> None:
    assert list(bounded({"a": {"the name": "x" * 100}}, 30).fields["a"]) == ["the name"]
