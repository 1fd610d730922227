"""A TCP proxy that fails on demand, between the code under test and a real server."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import urlsplit

from .http import REASONS


class Proxy:
    """Forwards to `target` (a URL) until a fault is set. The port stays the same through `refuse` and `resume`.

    Attributes:
        cut_after: each connection is cut after this many bytes to the client; None: never.
        piece: bytes go to the client in pieces of at most this size, each in a packet of its own; None: as they arrive.
        delay: seconds by which each piece to the client is delayed.
        answer: what new connections get in place of the target; None: the target.
    """

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self.target = (address.hostname or "127.0.0.1", address.port or 80)
        self.port = 0
        self.cut_after: int | None = None
        self.piece: int | None = None
        self.delay = 0.0
        self.answer: bytes | None = None
        self.accepted = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._hushed: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.resume()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()

    async def refuse(self) -> None:
        """Cut all connections and accept none: what a client sees of a server that has died."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def resume(self) -> None:
        """Accept connections (again), and forward bytes."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Cut all connections that are open now."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stall(self) -> None:
        """Keep all connections and accept new ones, but forward no byte to a client: a silent network."""
        self._flowing.clear()

    def hush(self) -> None:
        """Keep the open connections, but forward no more bytes on them; new ones work."""
        self._hushed |= self._tasks

    async def heal(self) -> None:
        """Remove all faults; hushed connections stay so."""
        self.cut_after = self.piece = self.answer = None
        self.delay = 0.0
        await self.resume()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
                await (self._carry(reader, writer, task) if self.answer is None else _say(reader, writer, self.answer))
        finally:
            self._tasks.discard(task)
            self._hushed.discard(task)
            # A cut is a reset; an end that the server chose, or `cut_after`, first delivers what was carried.
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: asyncio.Task[None]
    ) -> None:
        up_reader, up_writer = await asyncio.open_connection(*self.target)
        try:
            up = asyncio.create_task(_pump(reader, up_writer))
            down = asyncio.create_task(self._pump_down(up_reader, writer, connection))
            try:
                await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
            finally:
                up.cancel()
                down.cancel()
                await asyncio.gather(up, down, return_exceptions=True)
        finally:
            up_writer.transport.abort()

    async def _pump_down(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: asyncio.Task[None]
    ) -> None:
        carried = 0
        while data := await reader.read(65536):
            if self.cut_after is not None:
                data = data[: max(0, self.cut_after - carried)]
            piece = self.piece or len(data) or 1  # of this data, even if the faults are removed meanwhile
            for start in range(0, len(data), piece):
                await self._held_back(connection)
                writer.write(data[start : start + piece])
                await writer.drain()
            carried += len(data)
            if carried == self.cut_after:
                return

    async def _held_back(self, connection: asyncio.Task[None]) -> None:
        await self._flowing.wait()
        if connection in self._hushed:
            await asyncio.Event().wait()
        await asyncio.sleep(self.delay)


def answer(status: int, body: bytes = b"", content_type: str = "text/plain") -> bytes:
    """Return a whole response that a gateway, or another program, might give in place of the target."""
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(answer)
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
