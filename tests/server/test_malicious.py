"""A server that is broken, or means harm: memory and time are bounded, and what it did is said in words."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model.dialects.v1 import events as dialect
from opencode_widget.server.detect import detect
from opencode_widget.server.http import limits
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.http.limits import DEPTH, MIB, Limits, parsed
from opencode_widget.server.stream import listen
from opencode_widget.server.v1.client import V1Client

from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.sse import encode

# Sizes so small that the tests are quick; the bounds of memory stand in their relation to them.
QUICK = Limits(connect=1, hello=0.6, answer=0.6, silence=0.6, body=8 * MIB, event=2 * MIB)
PATH = "/global/event"
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
STREAM = HEAD + b"text/event-stream\r\n\r\n"
JSON = HEAD + b"application/json\r\n\r\n"
PIECE = 65536
FEW = 100_000


@pytest_asyncio.fixture
async def http(fake_server: FakeServer) -> AsyncIterator[Http]:
    http = Http(address(fake_server.url), limits=QUICK)
    yield http
    await http.close()


@contextmanager
def memory(bound: int) -> Iterator[None]:
    """No more than so many bytes are used within."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < bound, f"{peak / MIB:.0f} MiB were used"


def begins_and_never_ends(start: bytes, more: bytes) -> faults.Fault:
    """`start`, and then `more` again and again."""

    async def fault(exchange: Exchange, _normal: object) -> None:
        await exchange.write(start)
        while True:
            await exchange.write(more)
            await asyncio.sleep(0)

    return fault


def drips(start: bytes, more: bytes, every: float = 0.05) -> faults.Fault:
    """`start`, and then a byte of `more` now and then, for ever: what is called a slow loris."""

    async def fault(exchange: Exchange, _normal: object) -> None:
        await exchange.write(start)
        while True:
            await exchange.write(more)
            await asyncio.sleep(every)

    return fault


def compressed(body: bytes, encoding: str, content_type: str = "application/json") -> faults.Fault:
    async def fault(exchange: Exchange, _normal: object) -> None:
        await exchange.answer(body, 200, content_type, Content_Encoding=encoding)

    return fault


async def why_it_ended(http: Http) -> tuple[list[str], errors.OpenCodeError]:
    """What one connection said, and why it ended."""
    received: list[str] = []

    async def read() -> None:
        async with aclosing(listen(http, PATH, {}, dialect.decode)) as stream:
            async for decoded in stream:
                received.append(decoded.name)  # noqa: PERF401 - what came before the end counts

    with pytest.raises(errors.OpenCodeError) as caught:
        await asyncio.wait_for(read(), 30)
    return received, caught.value


# ---- the stream -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [STREAM + b"data: ", STREAM + b": ", STREAM, STREAM + b"data: {}\n"],
    ids=["a line", "a comment", "a field", "an event"],
)
async def test_what_never_ends_is_given_up(fake_server: FakeServer, http: Http, start: bytes) -> None:
    more = b"data: x\n" * 8192 if start.endswith(b"\n") else b"x" * PIECE
    fake_server.always[PATH] = begins_and_never_ends(start, more)
    with memory(40 * MIB):
        received, error = await why_it_ended(http)
    assert received == []
    assert type(error) is errors.ConnectionFailed, "the next connection may be sound"
    assert str(error) == f"{fake_server.url} sent an event of more than 2 MiB. Reconnect."


async def test_an_event_of_a_gigabyte_ends_its_connection(fake_server: FakeServer, http: Http) -> None:
    async def gigabyte(exchange: Exchange, _normal: object) -> None:
        await exchange.write(STREAM + b'data: {"type": "server.connected"}\n\ndata: {"type": "')
        for _ in range(2**30 // PIECE):
            await exchange.write(b"x" * PIECE)
            await asyncio.sleep(0)

    fake_server.always[PATH] = gigabyte
    with memory(40 * MIB):
        received, error = await why_it_ended(http)
    assert received == ["server.connected"]
    assert "an event of more than 2 MiB" in error.message


async def test_many_events_are_not_one(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url), limits=Limits(event=2 * PIECE))

    async def many(exchange: Exchange, _normal: object) -> None:
        await exchange.write(STREAM)
        for _ in range(100):
            await exchange.write(encode({"type": "server.heartbeat", "more": "x" * (PIECE // 2)}))

    fake_server.always[PATH] = many
    received, error = await why_it_ended(http)
    await http.close()
    assert len(received) == 100
    assert "ended the stream" in error.message


@pytest.mark.parametrize(
    "bad",
    [b"[" * 100_000, b"[" * (DEPTH + 2) + b"]" * (DEPTH + 2), b"[" + b"{}," * FEW + b"{}]", b"9" * 10_000],
    ids=["deep", "rather deep", "full", "a number without end"],
)
async def test_json_that_is_too_much_is_counted_and_the_next_event_is_read(
    fake_server: FakeServer, http: Http, bad: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "VALUES", FEW)

    async def stream(exchange: Exchange, _normal: object) -> None:
        await exchange.write(STREAM + b"data: " + bad + b'\n\ndata: {"type": "server.connected"}\n\n')

    fake_server.always[PATH] = stream
    with memory(50 * MIB):
        received, _ = await why_it_ended(http)
    assert received == ["?", "server.connected"]


@pytest.mark.parametrize(
    "fault",
    [
        begins_and_never_ends(HEAD[:17] + b"X-Long: ", b"x" * PIECE),
        begins_and_never_ends(HEAD[:17], b"X-More: x\r\n" * 100),
        begins_and_never_ends(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(HEAD[:17] + b"X-Slow: ", b"x"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["a header", "headers", "interim answers", "dripping", "dripping interim answers"],
)
@pytest.mark.parametrize("what", ["stream", "answer", "health"])
async def test_a_head_that_never_ends_is_given_up(
    fake_server: FakeServer, http: Http, fault: faults.Fault, what: str
) -> None:
    fake_server.always |= {PATH: fault, "/session/status": fault, "/global/health": fault}
    began = time.monotonic()
    with memory(20 * MIB):
        if what == "stream":
            _, error = await why_it_ended(http)
        else:
            call = http.json("GET", "/session/status") if what == "answer" else detect(http)
            with pytest.raises(errors.OpenCodeError) as caught:
                await asyncio.wait_for(call, 30)
            error = caught.value
    assert time.monotonic() - began < 20
    assert "did not answer in time" in error.message or "does not speak HTTP" in error.message


async def test_a_compressed_stream_is_refused(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[PATH] = compressed(gzip.compress(b"data: {}\n\n"), "gzip", faults.SSE)
    received, error = await why_it_ended(http)
    assert received == []
    assert isinstance(error, errors.NotOpenCode)
    assert "gzip text/event-stream" in error.message
    assert fake_server.requests[0].headers["accept-encoding"] == "identity"


# ---- answers ----------------------------------------------------------------------------------------------------------


async def refused(http: Http, path: str = "/session") -> errors.OpenCodeError:
    with pytest.raises(errors.OpenCodeError) as caught:
        await asyncio.wait_for(http.json("GET", path), 30)
    return caught.value


async def test_a_body_that_never_ends_is_given_up(fake_server: FakeServer, http: Http) -> None:
    fake_server.always["/session"] = begins_and_never_ends(JSON + b'"', b"x" * PIECE)
    with memory(50 * MIB):
        error = await refused(http)
    assert str(error) == f"{fake_server.url} answered /session with more than 8 MiB. Ask for less of it."
    assert isinstance(error, errors.RequestFailed)


async def test_an_error_page_that_never_ends_is_given_up(fake_server: FakeServer, http: Http) -> None:
    page = b"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\n"
    fake_server.always |= dict.fromkeys(("/session", PATH), begins_and_never_ends(page, b"x" * PIECE))
    with memory(50 * MIB):
        assert "more than 8 MiB" in (await refused(http)).message
        assert "more than 8 MiB" in (await why_it_ended(http))[1].message


@pytest.mark.parametrize("path", ["/session", "/global/health"])
async def test_a_body_that_drips_is_given_up(fake_server: FakeServer, http: Http, path: str) -> None:
    fake_server.always[path] = drips(JSON + b'"', b"x")
    began = time.monotonic()
    with pytest.raises(errors.ConnectionFailed, match="did not answer in time"):
        await asyncio.wait_for(detect(http) if path == "/global/health" else http.json("GET", path), 30)
    assert time.monotonic() - began < 10


async def test_a_large_body_that_comes_at_a_good_pace_has_its_time(fake_server: FakeServer, http: Http) -> None:
    async def steady(exchange: Exchange, _normal: object) -> None:
        await exchange.write(JSON + b'"')
        for _ in range(12):
            await exchange.write(b"x" * PIECE)
            await asyncio.sleep(0.1)
        await exchange.write(b'"')

    fake_server.always["/session"] = steady
    assert len(await http.json("GET", "/session")) == 12 * PIECE, "1.2 s, where 0.6 s is the limit of an answer's pause"


def bomb(size: int, wbits: int) -> bytes:
    """Zeros, compressed a thousand to one."""
    packer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    packed = b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB))
    return packed + packer.flush()


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15)])
async def test_a_bomb_goes_off_in_a_small_room(fake_server: FakeServer, http: Http, encoding: str, wbits: int) -> None:
    fake_server.always["/session"] = compressed(bomb(2**28, wbits), encoding)
    with memory(160 * MIB):
        error = await refused(http)
    assert "more than 8 MiB" in error.message


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "br, gzip", "compress", "x" * 9000])
@pytest.mark.parametrize("path", ["/session", PATH, "/global/health"])
async def test_other_compressions_are_refused_unread(
    fake_server: FakeServer, http: Http, encoding: str, path: str
) -> None:
    fake_server.always[path] = compressed(gzip.compress(bomb(2**26, 31)), encoding)
    with memory(20 * MIB):
        if path == PATH:
            error = (await why_it_ended(http))[1]
        elif path == "/session":
            error = await refused(http)
        else:
            with pytest.raises(errors.OpenCodeError) as caught:
                await detect(http)
            error = caught.value
    assert isinstance(error, errors.NotOpenCode)
    assert f"a compression that was not asked for ({encoding[:200]})" in error.message
    assert (
        "accept-encoding" not in fake_server.requests[0].headers
        or "br" not in (fake_server.requests[0].headers["accept-encoding"])
    )


async def test_what_is_compressed_as_we_ask_is_read(fake_server: FakeServer, http: Http) -> None:
    fake_server.always["/session"] = compressed(gzip.compress(json.dumps(["grüße"] * 500).encode()), "GZIP")
    assert await http.json("GET", "/session") == ["grüße"] * 500


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[" + b"[]," * FEW + b"1]"], ids=["deep", "full"])
async def test_an_answer_that_is_too_much_is_refused(
    fake_server: FakeServer, http: Http, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "VALUES", FEW)
    fake_server.always["/session"] = faults.body(body)
    with memory(20 * MIB):
        error = await refused(http)
    assert isinstance(error, errors.NotOpenCode)
    assert "is not JSON" in error.message


async def test_a_history_that_is_too_large_leaves_the_client_sound(fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    fake_server.always["/session/ses_1/message"] = begins_and_never_ends(JSON + b'"', b"x" * PIECE)
    client = V1Client(Http(address(fake_server.url), limits=Limits(body=MIB)), "OpenCode")
    with pytest.raises(errors.RequestFailed, match="with more than 1 MiB"):
        await client.history("ses_1", 100)
    assert [info.id for info in (await client.overview(10)).sessions] == ["ses_1"]
    await client.close()


def test_what_is_taken_by_default() -> None:
    assert (Limits().body, Limits().event) == (128 * MIB, 32 * MIB)
    assert limits.VALUES * 60 < 2**29, "bytes of the smallest values"


# ---- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [bytes, str])
def test_json_may_be_as_deep_as_its_limit(kind: type) -> None:
    deep = b'{"a": [' * (DEPTH // 2) + b"]}" * (DEPTH // 2)
    assert parsed(deep if kind is bytes else deep.decode())
    deeper = b"[" + deep + b"]"
    with pytest.raises(ValueError, match="nested too deeply"):
        parsed(deeper if kind is bytes else deeper.decode())


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(parsed("[" + ",".join(["[[]]"] * 1000) + "]")) == 1000


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ('{"a": [1]}', {"a": [1]}),
        (' {"a": 1}', {"a": 1}),
        ('{"a": 1}\n ', {"a": 1}),
        ("[1]", [1]),
        (b'{"a": 1}', {"a": 1}),
    ],
)
def test_json_is_read_whatever_stands_around_it(answer: str | bytes, value: object) -> None:
    assert parsed(answer) == value


@pytest.mark.parametrize("value", ["", "{", '{"a": 1} {"b": 2}', '{"a": 1}x', "{'a': 1}", b"{"])
def test_what_is_no_json_is_refused(value: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Extra data"):
        parsed(value)
