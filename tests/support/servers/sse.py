"""The server's side of an event stream: encodes events, keeps the open streams, sends to all of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from .http import Exchange


def encode(value: Any) -> bytes:
    """Encode an event as OpenCode does: a single `data:` line, no `id`, `event` or `retry`."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


class Channel:
    """The open streams of one server; each receives what is sent."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes | None]] = set()

    def __len__(self) -> int:
        return len(self._queues)

    def send(self, data: bytes) -> None:
        for queue in self._queues:
            queue.put_nowait(data)

    def end(self) -> None:
        """End every stream cleanly, like a server that is stopped."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def serve(self, exchange: Exchange, *, first: bytes = b"", beat: bytes, every: float) -> None:
        """Respond with the stream until it ends; `beat` is sent after every `every` seconds of silence.

        Without a `first` piece the head of the response waits for what comes, as in the servers of some runtimes.
        """
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            early = first or await _next(queue, every, beat)
            if early is None:
                return
            await exchange.head(
                200, "text/event-stream", Cache_Control="no-cache, no-transform", X_Accel_Buffering="no"
            )
            await exchange.write(early)
            while (data := await _next(queue, every, beat)) is not None:
                await exchange.write(data)
        finally:
            self._queues.discard(queue)


async def _next(queue: asyncio.Queue[bytes | None], patience: float, beat: bytes) -> bytes | None:
    try:
        async with asyncio.timeout(
            patience
        ):  # `wait_for` of Python 3.11 may swallow the cancellation that ends a stream
            return await queue.get()
    except TimeoutError:
        return beat
