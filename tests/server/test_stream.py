"""One stream of events: every way to cut it into bytes, every way to be silent, every way to end."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode_widget import errors
from opencode_widget.errors import Silence
from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.v1 import events as dialect
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.stream import listen

from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.unclosed import unclosed
from ..support.wait import eventually

QUICK = Limits(connect=1, hello=0.4, answer=0.5, silence=0.5)
PATH = "/global/event"


@pytest_asyncio.fixture
async def http(fake_server: FakeServer) -> AsyncIterator[Http]:
    http = Http(address(fake_server.url), limits=QUICK)
    yield http
    await http.close()


async def read_all(http: Http, decode: Any = dialect.decode) -> tuple[list[Decoded], errors.OpenCodeError]:
    """All that one connection says, and why it ended."""
    received: list[Decoded] = []

    async def read() -> None:
        async with aclosing(listen(http, PATH, {}, decode)) as stream:
            async for decoded in stream:
                received.append(decoded)  # noqa: PERF401 - what came before the end counts

    with pytest.raises(errors.OpenCodeError) as caught:
        await read()
    return received, caught.value


def pieces(*chunks: bytes) -> faults.Fault:
    """A stream that comes in exactly these pieces, and ends."""

    async def fault(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, faults.SSE)
        for chunk in chunks:
            await exchange.write(chunk)
            await asyncio.sleep(0)

    return fault


def names(received: list[Decoded]) -> list[str]:
    return [decoded.name for decoded in received]


def raw(data: Any) -> Decoded:
    """A decoder that keeps the JSON."""
    return Decoded((), json.dumps(data, ensure_ascii=False))


# ---- framing ----------------------------------------------------------------------------------------------------------

WORDS = "grüße 🐑 日本語"
FRAME = f"data: {json.dumps(WORDS, ensure_ascii=False)}\r\n\r\n".encode()


async def test_a_frame_may_be_cut_at_every_byte(fake_server: FakeServer, http: Http) -> None:
    cuts = [FRAME[at : at + 1] for at in range(len(FRAME))]
    fake_server.always[PATH] = pieces(*cuts, *cuts)
    received, _ = await read_all(http, raw)
    assert names(received) == [json.dumps(WORDS, ensure_ascii=False)] * 2


@pytest.mark.parametrize("at", range(1, len(FRAME), 3))
async def test_a_frame_may_come_in_two_packets(fake_server: FakeServer, http: Http, at: int) -> None:
    async def two_packets(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, faults.SSE)
        await exchange.write(FRAME[:at])
        await asyncio.sleep(0.01)
        await exchange.write(FRAME[at:])

    fake_server.always[PATH] = two_packets
    received, _ = await read_all(http, raw)
    assert names(received) == [json.dumps(WORDS, ensure_ascii=False)]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(st.text(max_size=20), min_size=1, max_size=5),
    ending=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=10),
)
def test_any_cut_of_any_stream_reads_the_same(texts: list[str], ending: bytes, sizes: list[int]) -> None:
    async def check() -> None:
        frames = b"".join(
            b"data: " + json.dumps(text, ensure_ascii=False).encode("utf-8", "replace") + ending * 2 for text in texts
        )
        cuts, at = [], 0
        while at < len(frames):
            size = sizes[len(cuts) % len(sizes)]
            cuts.append(frames[at : at + size])
            at += size
        async with FakeServer() as server:
            server.always[PATH] = pieces(*cuts)
            http = Http(address(server.url), limits=QUICK)
            received, _ = await read_all(http, lambda data: Decoded((), data))
            await http.close()
        assert names(received) == [text.encode("utf-8", "replace").decode() for text in texts]

    asyncio.run(check())


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b'data:"no space"\n\n', ['"no space"']),
        (b'data: "two\ndata: lines"\n\n', []),
        (b"data: [1,\ndata: 2]\n\n", ["[1, 2]"]),
        (b": a comment\n\n", []),
        (b': a comment\ndata: "and words"\n\n', ['"and words"']),
        (b"data\n\n", []),
        (b"data:\n\n", []),
        (b'id: 7\nevent: other\nretry: 10\ndata: "fields"\n\n', ['"fields"']),
        (b'unknown: field\ndata: "words"\n\n', ['"words"']),
        (b"\n\n\n\n", []),
        (b'\xef\xbb\xbfdata: "after a mark"\n\ndata: "next"\n\n', None),
        ('data: "a\u2028b\u0085c\x0bd"\n\n'.encode(), None),
        (b'data: "\xff\xfe broken"\n\ndata: "next"\n\n', None),
    ],
)
async def test_every_form_of_a_frame(
    fake_server: FakeServer, http: Http, frame: bytes, expected: list[str] | None
) -> None:
    fake_server.always[PATH] = pieces(frame, b'data: "end"\n\n')
    received, _ = await read_all(http, raw)
    assert names(received)[-1] == '"end"'
    if expected is not None:
        events = [name for name in names(received)[:-1] if name != "?"]
        assert events == expected


async def test_a_line_separator_within_a_text_does_not_end_the_line(fake_server: FakeServer, http: Http) -> None:
    words = "one\u2028two\u0085three\x0bfour"
    fake_server.always[PATH] = pieces(
        b"data: " + json.dumps(words, ensure_ascii=False).replace("\\u000b", "\x0b").encode() + b"\n\n"
    )
    received, _ = await read_all(http, lambda data: Decoded((), data))
    assert names(received) in ([words], ["?"])  # a bare control character is no JSON, the others are
    fake_server.always[PATH] = pieces('data: "one\u2028two\u0085three"\n\n'.encode())
    received, _ = await read_all(http, lambda data: Decoded((), data))
    assert names(received) == ["one\u2028two\u0085three"]


async def test_a_frame_of_ten_megabytes_is_read_in_reasonable_time(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url), limits=Limits())
    fake_server.always[PATH] = pieces(faults.huge_frame(), b'data: {"type": "server.heartbeat"}\n\n')
    began = time.monotonic()
    received, _ = await read_all(http)
    await http.close()
    assert names(received) == ["plugin.dump", "server.heartbeat"]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "bad",
    [
        faults.NOT_JSON,
        faults.NOT_AN_OBJECT,
        b'data: {"type": "message.updated", "properties": {}}\n\n',
        b"data: " + b"[" * 99_999 + b"\n\n",
        b"data: NaN\n\n",
    ],
)
async def test_a_malformed_frame_is_counted_and_the_next_one_is_read(
    fake_server: FakeServer, http: Http, bad: bytes
) -> None:
    fake_server.always[PATH] = pieces(bad, b'data: {"type": "server.heartbeat"}\n\n')
    received, _ = await read_all(http)
    assert [type(event) for decoded in received for event in decoded.events] == [e.Malformed, e.Heartbeat]


async def test_an_unknown_event_is_kept(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = pieces(faults.UNKNOWN_TYPE, faults.NOT_AN_EVENT)
    received, _ = await read_all(http)
    assert [type(event) for decoded in received for event in decoded.events] == [e.Unknown, e.Unknown]


async def test_half_a_frame_at_the_end_is_not_half_an_event(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = pieces(b'data: "whole"\n\n', faults.HALF_A_FRAME)
    received, error = await read_all(http, raw)
    assert [name for name in names(received) if name != "?"] == ['"whole"']
    assert isinstance(error, errors.ConnectionFailed)


async def test_a_whole_line_without_its_blank_line_is_no_event(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = pieces(b'data: "whole"\n\n', b'data: "unfinished"\n')
    received, _ = await read_all(http, raw)
    assert names(received) == ['"whole"']


# ---- ends -------------------------------------------------------------------------------------------------------------


async def test_a_clean_end_is_a_lost_connection(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = pieces(b'data: {"type": "server.connected"}\n\n')
    received, error = await read_all(http)
    assert names(received) == ["server.connected"]
    assert type(error) is errors.ConnectionFailed
    assert str(error) == f"{fake_server.url} ended the stream of events. Reconnect."


async def test_a_cut_is_a_lost_connection(fake_server: FakeServer, http: Http) -> None:
    reading = asyncio.create_task(read_all(http))
    await eventually(lambda: fake_server.streams)
    await fake_server.cut_all()
    _, error = await reading
    assert type(error) is errors.ConnectionFailed


async def test_a_chunked_stream_that_is_cut_is_a_lost_connection(http: Http, fake_server: FakeServer) -> None:
    async def chunked(exchange: Exchange, _normal: object) -> None:
        await exchange.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await exchange.write(b'f\r\ndata: "whole"\n\n\r\n10\r\ndata:')

    fake_server.always[PATH] = chunked
    _, error = await read_all(http, raw)
    assert type(error) is errors.ConnectionFailed


# ---- silence ----------------------------------------------------------------------------------------------------------


async def test_silence_for_too_long_is_a_dead_connection(fake_server: FakeServer, http: Http) -> None:
    fake_server.beat = 60
    began = time.monotonic()
    received, error = await read_all(http)
    assert 0.4 < time.monotonic() - began < 5
    assert names(received) == ["server.connected"]
    assert isinstance(error, Silence)
    assert not error.expected
    assert "has said nothing for 0.5 s" in error.message


@pytest.mark.parametrize("beat", [b": heartbeat\n\n", b'data: {"type": "server.heartbeat"}\n\n', b"\n"])
async def test_any_byte_is_a_sign_of_life(fake_server: FakeServer, http: Http, beat: bytes) -> None:
    async def beats(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, faults.SSE)
        for _ in range(8):
            await exchange.write(beat)
            await asyncio.sleep(0.12)

    fake_server.always[PATH] = beats
    _, error = await read_all(http)
    assert not isinstance(error, Silence), "about a second of beats is longer than the half second of silence"


async def test_headers_and_then_nothing_is_silence(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = faults.headers_then_silence
    received, error = await read_all(http)
    assert received == []
    assert isinstance(error, Silence)


async def test_a_connection_that_is_accepted_and_never_answered_is_given_up(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url), limits=Limits(connect=0.2, hello=0.2, silence=30))
    fake_server.always[PATH] = faults.never_answer
    began = time.monotonic()
    _, error = await read_all(http)
    await http.close()
    assert time.monotonic() - began < 5
    assert type(error) is errors.ConnectionFailed
    assert "did not answer in time" in error.message


# ---- answers that are no stream ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (faults.html_page, errors.NotOpenCode, "a web page"),
        (faults.body(b"{}"), errors.NotOpenCode, "application/json"),
        (faults.unauthorized, errors.AuthenticationFailed, "wants a password"),
        (faults.unavailable, errors.ConnectionFailed, "503: try later"),
        (faults.body(b'{"message": "gone"}', status=404), errors.NotFound, "gone"),
        (faults.body(b"", status=302), errors.RequestFailed, "302"),
        (faults.body(b"", status=500), errors.RequestFailed, "500"),
        (faults.not_http, errors.ConnectionFailed, "broke"),
    ],
)
async def test_what_is_no_stream_has_its_own_error(
    fake_server: FakeServer, http: Http, fault: faults.Fault, kind: type[errors.OpenCodeError], words: str
) -> None:
    fake_server.always[PATH] = fault
    received, error = await read_all(http)
    assert received == []
    assert type(error) is kind
    assert words in error.message
    assert len(fake_server.requests) == 1


async def test_nobody_there(fake_server: FakeServer, http: Http) -> None:
    await fake_server.stop()
    _, error = await read_all(http)
    assert type(error) is errors.ConnectionFailed
    assert "Nothing answers" in error.message


# ---- the reader leaves ------------------------------------------------------------------------------------------------


async def test_a_reader_that_leaves_closes_the_connection(fake_server: FakeServer, http: Http) -> None:
    async with aclosing(listen(http, PATH, {}, dialect.decode)) as stream:
        assert (await anext(stream)).name == "server.connected"
    # The server notices at its next word.
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server.streams)


async def test_a_reader_that_is_cancelled_closes_the_connection(fake_server: FakeServer, http: Http) -> None:
    reading = asyncio.create_task(read_all(http))
    await eventually(lambda: fake_server.streams)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server.streams)


@pytest.mark.parametrize("after", range(12))
async def test_a_reader_that_is_cancelled_while_all_breaks_leaves_no_connection_open(
    server: RealServer, after: int
) -> None:
    """Whoever uses a pool next closes what is dead in it; that must not be the reader, at whichever step it is cancelled."""
    gc.collect()
    async with Proxy(server.url) as proxy:
        ours = Http(address(proxy.url, password=server.password), limits=QUICK)
        reading = asyncio.create_task(read_all(ours))
        await asyncio.gather(*(ours.call("GET", "/session", limit=30) for _ in range(6)))
        await eventually(lambda: proxy.accepted == 7)
        await asyncio.sleep(0.1)
        await proxy.refuse()
        for _ in range(after):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await ours.close()
        with unclosed() as found:
            del ours
            gc.collect()
    assert found == []
