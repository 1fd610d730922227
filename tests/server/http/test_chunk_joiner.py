"""Chunks joined below the HTTP library: whatever the server sends, and however it is cut, h11 reads the same at the same time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import h11
import httpcore
import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opencode_widget.server.http.chunk_joiner import KINDS, LONGEST_HEAD, VARIABLE, ChunkJoiner, JoiningTransport
from opencode_widget.server.http.client import Http, Limits, address

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"


class Reader:
    """What h11 has understood so far."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.CLIENT)
        self._connection.send(h11.Request(method="GET", target="/", headers=[("Host", "here")]))
        self._connection.send(h11.EndOfMessage())
        self.heads: list[object] = []
        self.body = b""
        self.chunks = 0
        self.end: object = None

    def take(self, data: bytes) -> None:
        """Bytes; b"" is the end of the connection."""
        if self.end is not None:
            return
        try:
            self._connection.receive_data(data)
            while (event := self._connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Data):
                    self.body += event.data
                    self.chunks += 1
                elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                    self.end = (type(event), list(getattr(event, "headers", [])))
                    return
                else:
                    self.heads.append(event)
        except h11.RemoteProtocolError:
            self.end = "not HTTP"

    def result(self) -> tuple[list[object], bytes, object]:
        return self.heads, self.body, self.end


def cut(data: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


def check(data: bytes, sizes: Iterable[int]) -> tuple[Reader, Reader]:
    """h11 with and without a joiner before it; they must agree after each piece."""
    plain, joined, joiner = Reader(), Reader(), ChunkJoiner()
    for piece in [*filter(None, cut(data, sizes)), b""]:
        plain.take(piece)
        handed = joiner.feed(piece)
        if handed or not piece:
            joined.take(handed)
        assert joined.result() == plain.result()
    return plain, joined


def chunk(body: bytes, size: bytes = b"", end: bytes = b"\r\n") -> bytes:
    return (size or b"%x" % len(body)) + b"\r\n" + body + end


bodies = st.binary(min_size=1, max_size=40) | st.sampled_from(
    [b"\r\n", b"0\r\n\r\n", b"\r\n0\r\n\r\n", b"5\r\nabcde\r\n"]
)
plain_chunks = bodies.map(chunk)
odd_chunks = st.one_of(
    bodies.map(lambda body: chunk(body, b"%X" % len(body))),
    bodies.map(lambda body: chunk(body, b"%08x" % len(body))),
    bodies.map(lambda body: chunk(body, b"%012x" % len(body))),
    bodies.map(lambda body: chunk(body, b"%x;name=value" % len(body))),
    bodies.map(lambda body: chunk(body, b"%x " % len(body))),
    bodies.map(lambda body: chunk(body, end=b"\n")),
    bodies.map(lambda body: chunk(body, end=b"")),
    bodies.map(lambda body: chunk(body, end=b"\r\r\n")),
    bodies.map(lambda body: chunk(body, end=b"\r\n\r\n")),
    bodies.map(lambda body: chunk(body, b"0x%x" % len(body))),
    bodies.map(lambda body: chunk(body, b"-%x" % len(body))),
    bodies.map(lambda body: chunk(body, b"\t")),
    bodies.map(lambda body: b"%x\n" % len(body) + body + b"\r\n"),
    st.binary(max_size=12),
)
heads = st.one_of(
    st.just(HEAD),
    st.sampled_from(
        [
            HEAD.upper(),
            HEAD.lower().replace(b"http/1.1", b"HTTP/1.1"),
            HEAD.replace(b": chunked", b":\t chunked \t"),
            HEAD.replace(b"200 OK", b"200 "),
            HEAD.replace(b"200 OK", b"200"),
            HEAD.replace(b"\r\nTransfer", b"\r\nX-Transfer"),
            HEAD.replace(b"Transfer-Encoding: chunked", b"Content-Length: 30"),
            HEAD.replace(b"chunked", b"gzip, chunked"),
            HEAD.replace(b"chunked", b"chunked\r\nTransfer-Encoding: chunked"),
            HEAD.replace(b"chunked", b"chunked\r\nContent-Length: 3"),
            HEAD.replace(b"chunked", b"chunked\r\n folded"),
            HEAD.replace(b"Content-Type: ", b"Content-Type:\r\n "),
            HEAD.replace(b"1.1", b"1.0"),
            HEAD.replace(b"200", b"401"),
            HEAD.replace(b"200", b"204"),
            HEAD.replace(b"\r\n", b"\n"),
            HEAD[:-2] + b"\n",
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD,
            b"HTTP/1.1 100 Continue\n\n" + HEAD,
            b"\r\n" + HEAD,
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"",
        ]
    ),
)
endings = st.sampled_from(
    [
        LAST,
        b"",
        b"0",
        b"00\r\n\r\n",
        b"0\r\nName: value\r\n\r\n",
        b"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"5\r\nab",
        b"5\r",
    ]
)
sizes = st.lists(st.integers(1, 60), max_size=40)


@given(head=heads, chunks=st.lists(plain_chunks | odd_chunks, max_size=12), ending=endings, sizes=sizes)
@example(head=HEAD, chunks=[chunk(b"a")], ending=LAST, sizes=[])
@example(head=HEAD, chunks=[chunk(b"abc", end=b"")], ending=chunk(b"d"), sizes=[])
def test_whatever_comes_h11_reads_the_same(head: bytes, chunks: list[bytes], ending: bytes, sizes: list[int]) -> None:
    check(head + b"".join(chunks) + ending, sizes)


@given(chunks=st.lists(plain_chunks, max_size=12), ending=endings, sizes=sizes)
def test_a_plain_stream_reads_the_same_in_any_cut(chunks: list[bytes], ending: bytes, sizes: list[int]) -> None:
    check(HEAD + b"".join(chunks) + ending, sizes)


STREAM = HEAD + chunk(b"data: 1\n\n") + chunk(b"\r\n0\r\n\r\n") + chunk(b"x" * 17) + LAST


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, len(HEAD) - 2, len(HEAD) - 1, len(HEAD), len(HEAD) + 1])
def test_equal_pieces(size: int) -> None:
    plain, _ = check(STREAM, [size] * (len(STREAM) // size))
    assert plain.body == b"data: 1\n\n\r\n0\r\n\r\n" + b"x" * 17
    assert plain.end == (h11.EndOfMessage, [])


def test_two_pieces_cut_at_every_byte() -> None:
    for at in range(len(STREAM)):
        check(STREAM, [at])


def test_the_chunks_of_one_read_are_one() -> None:
    events = b"".join(chunk(b"data: %d\n\n" % number) for number in range(3000))
    plain, joined = check(HEAD + events, [len(HEAD), 20_000, 20_000])
    assert plain.chunks == 3000 + 2
    assert joined.chunks == 3


def test_a_chunk_of_many_reads_comes_as_it_is_read() -> None:
    body = random.Random(1).randbytes(50_000)
    plain, joined = check(HEAD + chunk(body) + LAST, [len(HEAD)] + [1000] * 50)
    assert joined.body == plain.body == body


def test_nothing_is_kept_of_a_head_without_end() -> None:
    joiner = ChunkJoiner()
    line = b"X-Line: " + b"x" * 990 + b"\r\n"
    handed = joiner.feed(b"HTTP/1.1 200 OK\r\n") + b"".join(joiner.feed(line) for _ in range(2 * LONGEST_HEAD // 1000))
    assert handed == b"HTTP/1.1 200 OK\r\n" + line * (2 * LONGEST_HEAD // 1000)
    assert joiner.feed(HEAD + chunk(b"a")) == HEAD + chunk(b"a")


# ---- within the HTTP library --------------------------------------------------------------------------------------------

LIMITS = Limits(connect=20, hello=20, answer=20, silence=20)
EVENTS = [b"data: %d\n\n" % number for number in range(3000)]


async def read(server: FakeServer) -> list[bytes]:
    http = Http(address(server.url), limits=LIMITS)
    try:
        async with http.stream_client() as client, client.stream("GET", "/global/event") as response:
            return [piece async for piece in response.aiter_raw()]
    finally:
        await http.close()


async def all_at_once(exchange: Exchange, _normal: object) -> None:
    await exchange.head(200, faults.SSE)
    await exchange.write_raw(b"".join(chunk(event) for event in EVENTS))


async def test_a_stream_is_read_in_few_pieces(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    fake_server.always["/global/event"] = all_at_once
    pieces = await read(fake_server)
    assert b"".join(pieces) == b"".join(EVENTS)
    assert len(pieces) < 30


async def test_the_user_can_turn_joining_off(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0")
    fake_server.always["/global/event"] = all_at_once
    assert await read(fake_server) == EVENTS


async def test_an_answer_that_is_not_in_chunks_is_read_as_ever(fake_server: FakeServer) -> None:
    async def whole(exchange: Exchange, _normal: object) -> None:
        await exchange.answer(STREAM, content_type=faults.SSE)

    fake_server.always["/global/event"] = whole
    assert b"".join(await read(fake_server)) == STREAM


# ---- beside httpx's own transport ---------------------------------------------------------------------------------------


async def cut_off(exchange: Exchange, _normal: object) -> None:
    await exchange.head(200, faults.SSE)
    await exchange.write_raw(chunk(b"data: 1\n\n") + b"ff\r\nhalf")


async def wrong_size(exchange: Exchange, _normal: object) -> None:
    await exchange.head(200, faults.SSE)
    await exchange.write_raw(chunk(b"data: 1\n\n") + b"zz\r\n")


async def no_http(exchange: Exchange, _normal: object) -> None:
    await exchange.write_raw(b"220 mail.example ESMTP\r\n")


async def no_answer(exchange: Exchange, _normal: object) -> None:
    """The connection is closed without an answer."""


async def outcome(transport: httpx.AsyncBaseTransport, url: str, timeout: float = 20) -> tuple[object, ...]:
    """What a caller of httpx gets: the answer's head and body, or the error."""
    headers = {"X-Test": b"\xfc"}
    async with httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(timeout), headers=headers) as client:
        try:
            answer = await client.post(url, content=b"body", params={"directory": "/a b"})
        except httpx.HTTPError as problem:
            return type(problem), str(problem)
        version = answer.extensions["http_version"]
        return answer.status_code, answer.reason_phrase, version, sorted(answer.headers.multi_items()), answer.content


@pytest.mark.parametrize(
    "fault",
    [
        all_at_once,
        cut_off,
        wrong_size,
        no_http,
        no_answer,
        faults.never_answer,
        faults.body(b"{}", status=409),
        faults.html_page,
    ],
    ids=lambda fault: fault.__name__,
)
async def test_a_caller_gets_what_httpx_gives(fake_server: FakeServer, fault: faults.Fault) -> None:
    fake_server.always["/x"] = fault
    url = f"{fake_server.url}/x"
    timeout = 0.2 if fault is faults.never_answer else 20
    assert await outcome(JoiningTransport(), url, timeout) == await outcome(httpx.AsyncHTTPTransport(), url, timeout)
    ours, theirs = fake_server.requests[-2:]
    assert ours == theirs


async def test_nobody_there_is_the_error_that_httpx_gives(fake_server: FakeServer) -> None:
    await fake_server.stop()
    found = await outcome(JoiningTransport(), fake_server.url)
    assert found[0] is httpx.ConnectError
    assert found == await outcome(httpx.AsyncHTTPTransport(), fake_server.url)


def test_every_error_of_httpcore_has_its_equal() -> None:
    public = {kind for name, kind in vars(httpcore).items() if name in httpcore.__all__ and isinstance(kind, type)}
    errors = {kind for kind in public if issubclass(kind, Exception)}
    # `ConnectionNotAvailable` is how a connection tells its pool to try another.
    assert errors - {httpcore.ConnectionNotAvailable} == set(KINDS)
    assert all(theirs.__name__ == kind.__name__ for kind, theirs in KINDS.items())
