"""Joins the small HTTP chunks of an event stream before h11 parses them, so that one read costs h11 one chunk.

Why: OpenCode writes every event as an HTTP chunk of its own (RFC 9112, section 7.1), and h11 and httpcore spend a fixed amount of Python
on each chunk. When a model writes thousands of tokens at once, the page waits for that work. `docs/pages/benchmarks.md` has the figures
with and without this module, measured by `python -m benchmarks.chunks`.

How: the boundaries of chunks mean nothing to a reader of the body, so `ChunkJoiner` merges the complete chunks of one read into one. h11
still parses everything: head, chunk sizes, errors, end. Whatever the joiner does not recognise (a chunk extension, a trailer, a malformed
size, an answer that is not chunked) is passed on unchanged, and so is everything after it.

How it is connected: httpx has no argument for a network backend (https://github.com/encode/httpx/pull/3749), so `JoiningTransport` is a
transport of ours over httpcore's public connection pool, which has one (https://github.com/encode/httpcore/issues/695).

How to turn it off: `OPENCODE_WIDGET_JOIN_CHUNKS=0` in the environment of the kernel.

When to delete it, with `benchmarks/chunks.py` and its tests: when the first row of that benchmark shows less than a tenth of the time
saved, because OpenCode writes several events as one chunk or because h11 and httpcore got faster.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

VARIABLE = "OPENCODE_WIDGET_JOIN_CHUNKS"

# The blank line that ends a head, as h11 finds it.
BLANK = re.compile(rb"\n\r?\n")
# A head whose body is chunked.
CHUNKED = re.compile(rb"HTTP/1\.1 200[ \r](?s:.*)\r\nTransfer-Encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
# A header that continues on the next line: such a head is left to h11.
FOLDED = re.compile(rb"\n[ \t]")
# The bytes between the bodies of two chunks: the end of one, and the size of the next unless that is the last (0).
BETWEEN = re.compile(rb"\r\n(?!0+\r)([0-9A-Fa-f]{1,8})\r\n")
# The beginning of such bytes, where a read ended within them.
INCOMPLETE = re.compile(rb"\r?|\r\n(?!0+\r)[0-9A-Fa-f]{0,8}\r?")
# Bytes of a head that are kept while looking for its end; h11 refuses a longer one.
LONGEST_HEAD = 100 * 1024


def is_enabled() -> bool:
    """Return False where the user turned chunk joining off by the environment."""
    return os.environ.get(VARIABLE) != "0"


class ChunkJoiner:
    """Rewrites the bytes of one connection that answers one request: the same HTTP message in fewer chunks."""

    def __init__(self) -> None:
        self._buffer = b""
        self._remaining = 0  # bytes of the current chunk's body that have not arrived
        self._is_first = True
        self._state: Callable[[bytes], bytes] = self._head

    def feed(self, data: bytes) -> bytes:
        """Return the bytes to pass on for the bytes that were read; b"" where nothing can be passed on before more arrive."""
        return self._state(data)

    def _head(self, data: bytes) -> bytes:
        before = len(self._buffer)
        self._buffer += data
        blank = BLANK.search(self._buffer)
        if blank is None:
            return data if len(self._buffer) <= LONGEST_HEAD else self._give_up(data)
        head = self._buffer[: blank.end()]
        if not head.endswith(b"\r\n\r\n") or not CHUNKED.match(head) or FOLDED.search(head):
            return self._give_up(data)
        # The line end of the head stands for the end of a chunk before the first one. It is passed on with the head.
        self._buffer = b"\r\n"
        self._state = self._chunks
        return data[: len(head) - before] + self._chunks(data[len(head) - before :])

    def _chunks(self, data: bytes) -> bytes:
        buffer = self._buffer + data
        at, remaining, bodies = 0, self._remaining, []
        while at < len(buffer):
            if remaining:
                bodies.append(buffer[at : at + remaining])
                at += len(bodies[-1])
                remaining -= len(bodies[-1])
            elif between := BETWEEN.match(buffer, at):
                at, remaining = between.end(), int(between[1], 16)
            else:
                break
        self._buffer, self._remaining = buffer[at:], remaining
        body = b"".join(bodies)
        out = b"\r\n%x\r\n%b" % (len(body), body) if body else b""
        if not INCOMPLETE.fullmatch(self._buffer):
            out += self._give_up(self._buffer)
        if out and self._is_first:
            self._is_first = False
            return out[2:]
        return out

    def _give_up(self, data: bytes) -> bytes:
        """Pass this and all that follows on unchanged."""
        self._buffer = b""
        self._state = _unchanged
        return data


def _unchanged(data: bytes) -> bytes:
    return data


class _JoiningStream(httpcore.AsyncNetworkStream):
    """A connection that is read through a joiner."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._joiner = ChunkJoiner()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while data := await self._stream.read(max_bytes, timeout):
            if joined := self._joiner.feed(data):
                return joined
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _JoiningBackend(httpcore.AnyIOBackend):
    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return _JoiningStream(await super().connect_tcp(*args, **options))


class JoiningTransport(httpx.AsyncBaseTransport):
    """A transport for one answer of a server that is reached by http:// and without a proxy; the chunks of the answer are joined."""

    def __init__(self) -> None:
        # A joiner follows one answer, so a connection is not used for a second.
        self._pool = httpcore.AsyncConnectionPool(network_backend=_JoiningBackend(), max_keepalive_connections=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the head of the answer.

        Raises:
            TransportError: see `_as_httpx`.
        """
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        outgoing = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            response = await self._pool.handle_async_request(outgoing)
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=dict(response.extensions)
        )

    async def aclose(self) -> None:
        """Close the connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer of httpcore, with the errors of httpx."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for piece in self._response.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


# The errors of httpcore. httpx has one of the same name for each.
KINDS: dict[type[Exception], type[httpx.TransportError]] = {
    kind: getattr(httpx, kind.__name__)
    for kind in (
        httpcore.ConnectTimeout,
        httpcore.ReadTimeout,
        httpcore.WriteTimeout,
        httpcore.PoolTimeout,
        httpcore.TimeoutException,
        httpcore.ConnectError,
        httpcore.ReadError,
        httpcore.WriteError,
        httpcore.NetworkError,
        httpcore.LocalProtocolError,
        httpcore.RemoteProtocolError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    )
}


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise an error of httpcore as the error of the same name of httpx."""
    try:
        yield
    except tuple(KINDS) as problem:
        raise KINDS[type(problem)](str(problem)) from problem
