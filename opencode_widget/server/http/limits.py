"""Limits of time and size, so that a broken or hostile server can neither fill the memory nor make us wait without end."""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

MIB = 2**20
# Bytes a second below which a body is not worth waiting for.
SLOWEST = 50_000
# Encodings that httpx decodes in pieces of a bounded size. Others (br, zstd), and nested ones, can make gigabytes of one packet.
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
# Values in one piece of JSON, and how deep they may be nested. A value can be a single byte on the wire, and takes about 60 in Python.
VALUES = 2_000_000
DEPTH = 200
# Bytes of JSON beyond which it is parsed on a thread.
LARGE = 2**20
DECODER = json.JSONDecoder()
# The parser is one call in C that blocks all other threads. A hook in Python, called for each object, lets them run.
LARGE_DECODER = json.JSONDecoder(object_hook=lambda value: value)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of time, in seconds, and of size, in bytes.

    Attributes:
        connect: until a connection is established.
        hello: until the head of a stream, or of an answer that costs the server nothing. A starting server accepts connections that
            it never answers, so this must be short enough to try again.
        answer: until the head of any other answer, and between two pieces of its body.
        silence: between two pieces of a stream, until the server has shown the interval of its heartbeats; see `pulse.py`. More than twice
            the longest interval that a server was seen to have (30 s).
        body: the decompressed body of one answer.
        event: one event of a stream.
    """

    connect: float = 5.0
    hello: float = 5.0
    answer: float = 20.0
    silence: float = 75.0
    body: int = 128 * MIB
    event: int = 32 * MIB


class TooLarge(Exception):
    """A limit is exceeded; the message says which."""


class BoundedStream(httpx.AsyncByteStream):
    """The bytes of a stream, counted from one event to the next.

    Args:
        stream: the stream to read.
        most: how many bytes may arrive without completing an event.
    """

    def __init__(self, stream: httpx.AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._most = most
        self._count = 0

    def start_anew(self) -> None:
        """An event is complete."""
        self._count = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._count += len(piece)
            if self._count > self._most:
                raise TooLarge(f"an event of more than {in_words(self._most)}")
            yield piece

    async def aclose(self) -> None:
        """Close the stream below."""
        await self._stream.aclose()


def in_words(size: int) -> str:
    """A size in words."""
    return f"{size / MIB:g} MiB"


def encoding(response: httpx.Response) -> str:
    """How an answer is compressed."""
    return str(response.headers.get("content-encoding", "")).strip().lower()


def parsed(content: bytes | str) -> Any:
    """Parse JSON. Bytes must be UTF-8; `json.loads` would accept UTF-16 and UTF-32 too.

    Raises:
        ValueError: it is not JSON or not UTF-8, is nested too deeply, or has too many values.
    """
    opened = _count(content, "[") + _count(content, "{")
    if len(content) > VALUES and opened + _count(content, ",") > VALUES:
        raise ValueError("too many values")
    text = (
        content if isinstance(content, str) else content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogatepass")
    )
    try:
        value = _loaded(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if opened > DEPTH and _is_deep(value):
        raise ValueError("nested too deeply")
    return value


def _loaded(content: str) -> Any:
    """Do what `json.loads` does, and faster for an object without white space around it, as events are."""
    if len(content) > LARGE:
        return LARGE_DECODER.decode(content)
    if content.startswith("{"):
        value, end = DECODER.raw_decode(content)
        if end == len(content):
            return value
    return json.loads(content)


def _count(content: bytes | str, sign: str) -> int:
    return content.count(sign) if isinstance(content, str) else content.count(sign.encode())


def _is_deep(value: Any) -> bool:
    """Is it nested deeper than code that compares, copies or draws it recursively can follow?"""
    level = [value]
    for _ in range(DEPTH):
        level = [inner for item in level for inner in _inside(item) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
