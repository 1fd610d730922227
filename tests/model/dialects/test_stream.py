"""The bytes of a stream, in pieces of any size, through the decoder that `server/stream.py` uses: the same events."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress

import httpx
import pytest

from opencode_widget.errors import ConnectionFailed
from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.server.http.client import Address, Http
from opencode_widget.server.stream import listen

from ..recorded import RECORDINGS, Recording

# Characters of two, three and four bytes, and those at which Python, but no stream of events, begins a new line.
WORDS = "naïve 羊 🐑 \u2028 \u0085 \x0b \x1c \u2029 end"


class Pieces(httpx.AsyncByteStream):
    """A body that arrives in these pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


async def receive(pieces: Iterable[bytes]) -> list[Decoded]:
    """The events of a stream that arrives in these pieces, and then ends."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces(pieces))
    http = Http(Address("http://127.0.0.1:4096"))
    client = httpx.AsyncClient(base_url=http.address.url, transport=httpx.MockTransport(lambda _: response))
    http._make_client = lambda transport=None: client  # type: ignore[method-assign]
    received: list[Decoded] = []
    with suppress(ConnectionFailed):
        async for decoded in listen(http, "/global/event", {}, v1.decode):
            received.append(decoded)  # noqa: PERF401 (what was received before the end counts)
    await http.close()
    return received


def chopped(raw: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    at = 0
    while at < len(raw):
        size = next(sizes)
        yield raw[at : at + size]
        at += size


def chance(seed: int, largest: int) -> Iterator[int]:
    numbers = random.Random(seed)
    while True:
        yield numbers.randint(1, largest)


# ---- recorded streams --------------------------------------------------------------------------------------------------

BYTE_BY_BYTE = [
    recording
    for recording in RECORDINGS
    if recording.folder.name in ("markdown", "text", "http-400", "permission-pending")
]


@pytest.mark.parametrize("recording", BYTE_BY_BYTE, ids=str)
async def test_a_recorded_stream_byte_by_byte(recording: Recording) -> None:
    assert await receive(bytes([byte]) for byte in recording.raw) == recording.decoded


@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
async def test_a_recorded_stream_in_pieces_of_chance(recording: Recording) -> None:
    for seed, largest in enumerate((30, 3000)):
        assert await receive(chopped(recording.raw, chance(seed, largest))) == recording.decoded


# ---- what a stream may do and no recording does ------------------------------------------------------------------------


def payload(number: int) -> dict[str, object]:
    return {"type": "new.kind", "number": number, "text": WORDS}


def written(number: int) -> str:
    return json.dumps(payload(number), ensure_ascii=False)


EXPECTED = [Decoded((e.Unknown(name="new.kind", data=payload(number)),), "new.kind") for number in range(4)]


def stream(end: str) -> bytes:
    lines = (
        ": a comment",
        f"data: {written(0)}",
        "",
        "event: message",
        "id: 5",
        "retry: 10",
        f"data:{written(1)}",
        "",
        ":",
        "",
        "data: {",
        f"data: {written(2)[1:-1]}",
        "data: }",
        "",
        "data",
        "",
        f"data: {written(3)}",
        "",
        "data: half a fra",
    )
    return end.join(lines).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
async def test_a_stream_may_break_anywhere(end: str) -> None:
    """Within a character, between a carriage return and its line feed, within the name of a field."""
    raw = stream(end)
    assert await receive(bytes([byte]) for byte in raw) == EXPECTED
    for cut in range(0, len(raw), 3):
        assert await receive((raw[:cut], raw[cut:])) == EXPECTED, cut


async def test_an_event_of_megabytes_is_an_event() -> None:
    raw = f"data: {json.dumps({'type': 'new.kind', 'text': 'x' * 4_000_000})}\n\n".encode()
    (decoded,) = await receive(chopped(raw, iter(lambda: 65_536, None)))
    assert decoded.name == "new.kind"


@pytest.mark.parametrize("bad", ["{", "[1, 2", "NaN", "nothing"])
async def test_what_is_no_json_does_not_end_the_stream(bad: str) -> None:
    raw = f"data: {bad}\n\ndata: {written(0)}\n\n".encode()
    malformed, sound = await receive((raw,))
    assert isinstance(malformed.events[0], e.Malformed)
    assert sound == EXPECTED[0]
