"""How much of what a server sends is taken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from opencode_widget.server.http import limits
from opencode_widget.server.http.limits import BoundedStream, TooLarge, in_words, parsed


class Pieces(httpx.AsyncByteStream):
    """A stream of given pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    async def aclose(self) -> None:
        self.closed = True


async def test_a_stream_without_an_event_ends_at_its_limit() -> None:
    stream = aiter(BoundedStream(Pieces(b"12345", b"67890", b"x"), 10))
    assert [await anext(stream), await anext(stream)] == [b"12345", b"67890"]
    with pytest.raises(TooLarge, match="an event of more than"):
        await anext(stream)


async def test_an_event_begins_the_count_anew() -> None:
    stream, taken = BoundedStream(Pieces(*[b"12345"] * 9), 10), []
    async for piece in stream:
        taken.append(piece)
        stream.start_anew()
    assert len(taken) == 9


async def test_closing_closes_the_stream_below() -> None:
    below = Pieces()
    await BoundedStream(below, 1).aclose()
    assert below.closed


@pytest.mark.parametrize(("size", "words"), [(2**20, "1 MiB"), (32 * 2**20, "32 MiB"), (2**19, "0.5 MiB")])
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words


@pytest.mark.parametrize("value", [None, 7, "text", [1], {"a": [{"b": "ü"}]}, {}])
def test_json_of_any_kind_is_parsed(value: Any) -> None:
    written = json.dumps(value)
    for text in (written, f" {written}\n"):
        assert parsed(text) == parsed(text.encode()) == value


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parsed(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("text", ["", "{", '{"a": 1} x', "nothing", "[1,]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)


@pytest.mark.parametrize("text", ["[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300, "[" * 100_000])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parsed(text)


def test_many_brackets_that_are_not_deep_are_no_trouble() -> None:
    assert parsed("[" + "[]," * 300 + "[]]") == [[]] * 301


def test_too_many_values_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VALUES", 1000)
    with pytest.raises(ValueError, match="too many values"):
        parsed("[" + "1," * 1001 + "1]")


def test_a_large_text_is_parsed_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGE", 10)
    assert parsed('{"a": [{"b": "a long text"}]}') == {"a": [{"b": "a long text"}]}
