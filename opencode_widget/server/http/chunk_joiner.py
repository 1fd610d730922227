"""HTTP chunks, joined: a stream's many small ones are handed to the HTTP library as one for each read.

OpenCode writes every event as a chunk of its own (RFC 9112, section 7.1), and h11 and httpcore take 11 µs for each. When a model writes
3,000 tokens at once that is a third of all that the kernel does, and it is what the page waits for (`benchmarks/latency.py`). Where chunks
end means nothing to a reader, so they are joined below the library, which still reads everything: head, chunks, errors. What is not plain
here (an extension, a trailer, a malformed size) is handed on as it came, and so is all that follows it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from typing import Any

import httpcore
import httpx

# A blank line as h11 takes it; and a head whose body is in chunks. A head with folded lines is left to h11.
BLANK = re.compile(rb"\n\r?\n")
IN_CHUNKS = re.compile(rb"HTTP/1\.1 200[ \r](?s:.*)\r\nTransfer-Encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
FOLDED = re.compile(rb"\n[ \t]")
# What stands between the bodies of two chunks: the end of one, and the size of the next, which is not the last; and the beginning of it.
BETWEEN = re.compile(rb"\r\n(?!0+\r)([0-9A-Fa-f]{1,8})\r\n")
BEGUN = re.compile(rb"\r?|\r\n(?!0+\r)[0-9A-Fa-f]{0,8}\r?")
# Bytes of a head that are kept to find its end; h11 takes no longer one.
LONGEST_HEAD = 100 * 1024


class ChunkJoiner:
    """The bytes of one connection that answers one request, on their way to h11; says the same to it, in fewer chunks."""

    def __init__(self) -> None:
        self._held = b""
        self._left = 0
        self._is_first = True
        self._take: Callable[[bytes], bytes] = self._head

    def feed(self, data: bytes) -> bytes:
        """What to hand on for the bytes that came; b"" where that must wait for more of them, or nothing came."""
        return self._take(data)

    def _head(self, data: bytes) -> bytes:
        before = len(self._held)
        self._held += data
        blank = BLANK.search(self._held)
        if blank is None:
            return data if len(self._held) <= LONGEST_HEAD else self._give_up(data)
        head = self._held[: blank.end()]
        if not head.endswith(b"\r\n\r\n") or not IN_CHUNKS.match(head) or FOLDED.search(head):
            return self._give_up(data)
        # The head's last line end stands for that of a chunk before the first; it was handed on already, or is now.
        self._held = b"\r\n"
        self._take = self._chunks
        return data[: len(head) - before] + self._chunks(data[len(head) - before :])

    def _chunks(self, data: bytes) -> bytes:
        buffer = self._held + data
        at, left, bodies = 0, self._left, []
        while at < len(buffer):
            if left:
                bodies.append(buffer[at : at + left])
                at += len(bodies[-1])
                left -= len(bodies[-1])
            elif between := BETWEEN.match(buffer, at):
                at, left = between.end(), int(between[1], 16)
            else:
                break
        self._held, self._left = buffer[at:], left
        body = b"".join(bodies)
        out = b"\r\n%x\r\n%b" % (len(body), body) if body else b""
        if not BEGUN.fullmatch(self._held):
            out += self._give_up(self._held)
        if out and self._is_first:
            self._is_first = False
            return out[2:]
        return out

    def _give_up(self, data: bytes) -> bytes:
        self._held = b""
        self._take = _as_it_is
        return data


def _as_it_is(data: bytes) -> bytes:
    return data


class _Stream(httpcore.AsyncNetworkStream):
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


class _Backend(httpcore.AnyIOBackend):
    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return _Stream(await super().connect_tcp(*args, **options))


class JoiningTransport(httpx.AsyncHTTPTransport):
    """httpx's transport for one answer of a server that is reached by http:// and without a proxy; its chunks are joined."""

    def __init__(self) -> None:
        # Without certificates of authorities, whose reading takes 15 ms and is for https:// alone.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
        # httpx passes no network backend on. If it should come to keep its pool elsewhere, its own stays, and chunks are not joined.
        self._pool = httpcore.AsyncConnectionPool(network_backend=_Backend())
