"""A minimal HTTP/1.1 server on asyncio in which a test controls every byte.

A library would not let a test stop in mid-header, send half a body or hold a connection open in silence, which is the only purpose of
this module. One request a connection (`Connection: close`), bodies by `Content-Length` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

REASONS = {
    200: "OK",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    503: "Service Unavailable",
}


class Cut(ConnectionError):
    """The connection reached the byte limit that a test set."""


@dataclass(frozen=True)
class Request:
    """A complete request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Exchange:
    """A request and the means to respond to it, byte by byte if necessary."""

    request: Request
    writer: asyncio.StreamWriter
    #: The connection is cut after this many bytes of answer, headers included; None: never.
    limit: int | None = None
    sent: int = field(default=0, init=False)
    in_chunks: bool = field(default=False, init=False)

    async def write(self, data: bytes) -> None:
        """Write `data` of a body, or as much of it as the limit allows, then cut the connection."""
        await self.write_raw(b"%x\r\n%b\r\n" % (len(data), data) if data and self.in_chunks else data)

    async def write_raw(self, data: bytes) -> None:
        """Write bytes that need not be a body."""
        if self.limit is not None:
            data = data[: self.limit - self.sent]
        self.writer.write(data)
        self.sent += len(data)
        await self.writer.drain()
        if self.sent == self.limit:
            raise Cut

    async def head(self, status: int = 200, content_type: str = "application/json", **headers: str) -> None:
        lines = [
            f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
            f"Content-Type: {content_type}",
            "Connection: close",
        ]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        in_chunks = content_type == "text/event-stream" and "Content_Length" not in headers
        lines += ["Transfer-Encoding: chunked"] if in_chunks else []
        await self.write_raw("\r\n".join([*lines, "", ""]).encode())
        self.in_chunks = in_chunks

    async def end(self) -> None:
        """End a body whose length was not announced."""
        if self.in_chunks:
            await self.write_raw(b"0\r\n\r\n")

    async def answer(
        self, body: bytes, status: int = 200, content_type: str = "application/json", **headers: str
    ) -> None:
        await self.head(status, content_type, Content_Length=str(len(body)), **headers)
        await self.write(body)

    async def json(self, value: Any, status: int = 200, **headers: str) -> None:
        await self.answer(json.dumps(value).encode(), status, **headers)


Handler = Callable[[Exchange], Awaitable[None]]


class HttpServer:
    """Serves on loopback; `stop` and `start` again keep the port, like a restarted server. `tls`: its certificate; None: without TLS."""

    def __init__(self) -> None:
        self.port = 0
        self.tls: ssl.SSLContext | None = None
        self.requests: list[Request] = []
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def handle(self, exchange: Exchange) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse new connections and cut the open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut_all()

    async def cut_all(self) -> None:
        """Cut every open connection, but accept new ones."""
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def seen(self, method: str, path: str) -> list[Request]:
        """Return the requests so far for `path`, oldest first."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            # A cut, a reset and a cancelled task are ordinary ends here: the test asked for them, or the client left.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._open.pop(task, None)
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        self.requests.append(request)
        answering = asyncio.ensure_future(self._whole(Exchange(request, writer)))
        # A client sends nothing after its request, so anything that arrives is its end, which a stream that waits for events would not
        # notice.
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)

    async def _whole(self, exchange: Exchange) -> None:
        await self.handle(exchange)
        await exchange.end()


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Request(method, unquote(parts.path), dict(parse_qsl(parts.query)), headers, body)
