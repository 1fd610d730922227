"""Faults of a server, a function each. It takes the exchange, and the handler that would have answered correctly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from .http import Exchange, Handler
from .sse import encode

Fault = Callable[[Exchange, Handler], Awaitable[None]]
SSE = "text/event-stream"


async def never_answer(_exchange: Exchange, _normal: Handler) -> None:
    """Accept the request and never respond, as OpenCode does with a request that comes too early in its start."""
    await asyncio.Event().wait()


async def headers_then_silence(exchange: Exchange, _normal: Handler) -> None:
    """Send a stream's headers, then no byte."""
    await exchange.head(200, SSE)
    await asyncio.Event().wait()


async def greet_and_hear_nothing(exchange: Exchange, _normal: Handler) -> None:
    """Send the greeting of `/global/event`, then no event, as OpenCode under load does for a moment."""
    await exchange.head(200, SSE)
    await exchange.write(encode({"payload": {"type": "server.connected", "properties": {}}}))
    await asyncio.Event().wait()


async def html_page(exchange: Exchange, _normal: Handler) -> None:
    """Respond 200 with a web page, as OpenCode does for an unknown path, and any other web server may."""
    await exchange.answer(b"<!doctype html><title>Not a stream</title>", 200, "text/html")


async def unauthorized(exchange: Exchange, _normal: Handler) -> None:
    await exchange.answer(b"", 401, WWW_Authenticate='Basic realm="Secure Area"')


async def unavailable(exchange: Exchange, _normal: Handler) -> None:
    await exchange.answer(b"try later", 503, "text/plain")


async def not_http(exchange: Exchange, _normal: Handler) -> None:
    """Respond as another service would (this is SSH's greeting)."""
    await exchange.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def cut_at(count: int) -> Fault:
    """Respond correctly, and cut the connection after `count` bytes, headers included."""

    async def fault(exchange: Exchange, normal: Handler) -> None:
        exchange.limit = count
        await normal(exchange)

    return fault


def slow(seconds: float) -> Fault:
    """Wait before a correct response."""

    async def fault(exchange: Exchange, normal: Handler) -> None:
        await asyncio.sleep(seconds)
        await normal(exchange)

    return fault


def body(content: bytes, content_type: str = "application/json", status: int = 200) -> Fault:
    """Respond with this body to any request."""

    async def fault(exchange: Exchange, _normal: Handler) -> None:
        await exchange.answer(content, status, content_type)

    return fault


# Frames to put into an otherwise correct stream: `server.send(...)`.

NOT_JSON = b"data: {oops\n\n"
NOT_AN_OBJECT = b"data: [1, 2]\n\n"
NOT_AN_EVENT = encode({"hello": "world"})
UNKNOWN_TYPE = encode({"payload": {"id": "evt_x", "type": "telepathy.received", "properties": {"thought": 1}}})
MISSING_FIELDS = encode(
    {"payload": {"id": "evt_y", "type": "message.part.delta", "properties": {"sessionID": "ses_1"}}}
)
HALF_A_FRAME = b'data: {"payload": {"type": "session.up'


def huge_frame(size: int = 10_000_000) -> bytes:
    """Return a valid frame of an unknown type, of about `size` bytes."""
    return encode({"payload": {"id": "evt_z", "type": "plugin.dump", "properties": {"blob": "x" * size}}})
