"""Fields of JSON that may be anything."""

from __future__ import annotations

import json
from math import inf, nan
from typing import Any

import pytest

from opencode_widget.model.dialects import read


@pytest.mark.parametrize("value", [nan, inf, -inf, 10**400, -(10**400), True, "1", None, [1], {}])
def test_what_no_page_can_read_is_no_number(value: Any) -> None:
    assert read.number({"a": value}, "a") is None
    assert read.whole({"a": value}, "a") == 0


@pytest.mark.parametrize(("value", "whole"), [(3, 3), (2.9, 2), (-1, -1), (2**70, 0), (1e300, 0)])
def test_numbers_are_numbers(value: float, whole: int) -> None:
    assert read.number({"a": value}, "a") == value
    assert read.whole({"a": value}, "a") == whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("naïve 羊 🐑", "naïve 羊 🐑"),
        ("half \ud83d", "half \ufffd"),
        ("\udc11 half", "\ufffd half"),
        ("\ud83d\udc11", "🐑"),
    ],
)
def test_half_a_character_does_not_stop_a_frame(value: str, text: str) -> None:
    """JavaScript cuts strings between the halves of a pair; Python cannot send such a half on."""
    obj = {"a": value}
    assert [
        read.text(obj, "a"),
        read.maybe(obj, "a"),
        read.need(obj, "a"),
        *read.strings(value),
        *read.strings([value]),
    ] == [text] * 5
    assert json.dumps(read.text(obj, "a"), ensure_ascii=False).encode()


@pytest.mark.parametrize("value", [None, 1, [], {}, ""])
def test_what_must_be_there_must_be_a_string(value: Any) -> None:
    with pytest.raises(read.BadField, match="'a' is not a string"):
        read.need({"a": value}, "a")
    assert read.maybe({"a": value}, "a") is None
    assert read.text({"a": value}, "a") == ""


def test_what_is_no_object_is_empty_or_refused() -> None:
    assert read.sub({"a": {"b": 1}}, "a") == {"b": 1}
    assert read.sub({"a": [1]}, "a") == {}
    assert read.mapping({"b": 1}, "it") == {"b": 1}
    with pytest.raises(read.BadField, match="it is not an object"):
        read.mapping([], "it")


def test_lists_are_read_as_far_as_they_go() -> None:
    assert read.objects([{"a": 1}, 2, None]) == [{"a": 1}]
    assert read.objects("nothing") == []
    assert read.strings(["a", 1, "b"]) == ("a", "b")
    assert read.strings(None) == ()
    assert read.each([{"id": "a"}, {}, {"id": "b"}], lambda item: read.need(item, "id")) == ("a", "b")
    assert read.each(None, lambda item: item) == ()
