"""The SSE consumer: reads one stream of events, decodes it, and watches it for silence.

The rules:

1. `listen` connects once, and ends by an error that says why. Its caller decides whether to connect again.
2. Silence is measured on bytes: a heartbeat may be an event or a comment, and the SSE parser hides comments. How long it may last depends
   on the server's own heartbeats, see `http/pulse.py`.
3. Events stay in order. A large one is parsed on a thread, and the next one waits for it.
4. An event has a bounded size, so that a server that never ends one cannot fill the memory.
5. What cannot be decoded becomes a Malformed event. It never ends the stream.
6. Secrets are starred out here, before anything above sees the event. Only the text of deltas is cleaned later, together with the deltas
   around it, because a secret may be split among them: see `sync/stream/clean_stream.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError, aconnect_sse

from ..errors import ConnectionFailed, Silence
from ..model.bounds.weight import weight
from ..model.dialects import Decode, Decoded, is_delta
from ..model.events import Greeted, Malformed
from ..model.text.truncate import cut
from ..redaction import KNOWN, safe_cause
from .http.client import Http
from .http.limits import LARGE, BoundedStream, TooLarge, encoding, parsed
from .http.pulse import Pulse, PulsedStream, Silent

EVENT_STREAM = "text/event-stream"
# Characters of an event that the event inspector keeps unchanged. As Python objects they may take twenty times as many bytes.
KEPT_WHOLE = 4_000
# Seconds for the head of a stream whose server may hold it back until its first event.
HEAD = 0.5


@asynccontextmanager
async def open_stream(
    http: Http, path: str, params: dict[str, Any], *, patient: bool = False
) -> AsyncIterator[EventSource]:
    """Open a stream of events, and check its headers. `patient`: wait for them for ever, in place of `limits.hello` seconds.

    Raises:
        OpenCodeError: no answer, a refusal, or an answer that is no stream.
    """
    timeout = httpx.Timeout(None, connect=http.limits.connect)  # the pulse limits the wait for bytes
    headers = {"Accept-Encoding": "identity"}  # compressed bytes would arrive in blocks, and not be measurable
    async with http.stream_client() as client:
        stream = aconnect_sse(client, "GET", path, params=params, timeout=timeout, headers=headers)
        try:
            async with asyncio.timeout(None if patient else http.limits.connect + http.limits.hello):
                source = await stream.__aenter__()
        except TimeoutError as problem:
            raise http.failure(httpx.ReadTimeout("no headers"), path) from problem
        except (httpx.HTTPError, httpx.StreamError) as problem:
            raise http.failure(problem, path) from safe_cause(problem)
        try:
            await _check(http, source.response, path)
            yield source
        finally:
            await stream.__aexit__(None, None, None)


async def _check(http: Http, response: httpx.Response, path: str) -> None:
    if response.status_code >= 300:
        body = await http.read(response, path)
        raise http.refusal(response.status_code, body, path, response.headers) or http.strange("", path)
    content_type = response.headers.get("content-type", "")
    if EVENT_STREAM not in content_type or encoding(response) not in ("", "identity"):
        raise http.strange(f"{encoding(response)} {content_type}".strip(), path)


async def listen(
    http: Http,
    path: str,
    params: dict[str, Any],
    decode: Decode,
    *,
    announce: bool = False,
    heartbeat: float | None = None,
) -> AsyncGenerator[Decoded, None]:
    """Yield the events of one connection. It ends by an error, or by being closed.

    `announce`: yield a greeting of our own, for a server that may send nothing until something happens. Some hold back the head of their
    answer until then, too: they have HEAD seconds for it, and the greeting comes before it. `heartbeat`: seconds between the server's
    heartbeats, where its release is known for them.

    Raises:
        Silence: no byte arrived for as long as the server's heartbeats, or `limits.silence` before the third, allow.
        OpenCodeError: see `open_stream`; ConnectionFailed also where the server ended the stream.
    """
    pulse = Pulse(http.limits.silence, _now(), heartbeat)
    async with _opening(http, path, params, patient=announce) as opening:
        try:
            if announce:
                await asyncio.wait([opening], timeout=min(HEAD, http.limits.hello / 2))
                if not opening.done() or opening.exception() is None:
                    yield Decoded((Greeted(),), "stream opened", data={})
            source = await _head(opening, pulse.limit if announce else None)
            meter = _measure(http, source.response, pulse)
            async with aclosing(source.aiter_sse()) as events:
                async for event in events:
                    meter.start_anew()
                    if event.data:
                        decoded = await _decoded(event.data, decode)
                        pulse.hear(decoded.events, _now())
                        yield decoded
        except Silent as problem:
            words = f"{http.address.url} has said nothing for {problem.args[0]:g} s"
            silence = Silence(f"{words}: the connection is dead.", remedy="Reconnect.")
            silence.after_heartbeats = pulse.is_known
            raise silence from None
        except TooLarge as problem:
            raise ConnectionFailed(f"{http.address.url} sent {problem}.", remedy="Reconnect.") from None
        except (httpx.HTTPError, httpx.StreamError, SSEError) as problem:
            raise http.failure(problem, path) from safe_cause(problem)
    raise ConnectionFailed(f"{http.address.url} ended the stream of events.", remedy="Reconnect.")


@asynccontextmanager
async def _opening(
    http: Http, path: str, params: dict[str, Any], *, patient: bool
) -> AsyncIterator[asyncio.Task[EventSource]]:
    """Open a stream in a task, and close it at the end; see `open_stream`."""
    stream = open_stream(http, path, params, patient=patient)
    opening = asyncio.create_task(stream.__aenter__())
    try:
        yield opening
    finally:
        opening.cancel()
        await asyncio.wait([opening])
        if not opening.cancelled() and opening.exception() is None:
            await stream.__aexit__(None, None, None)


async def _head(opening: asyncio.Task[EventSource], limit: float | None) -> EventSource:
    """Wait for the head of a stream: as for any other byte of it, or without `limit` for as long as `open_stream` does."""
    await asyncio.wait([opening], timeout=limit)
    if limit is not None and not opening.done():
        raise Silent(limit)
    return opening.result()


def _measure(http: Http, response: httpx.Response, pulse: Pulse) -> BoundedStream:
    """Bound the silence of a stream (rule 2), and the bytes of an event, by counting them below the parser that gathers them (rule 4)."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    meter = response.stream = BoundedStream(PulsedStream(response.stream, pulse), http.limits.event)
    return meter


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _decoded(data: str, decode: Decode) -> Decoded:
    """Decode an event, a large one on a thread (rule 3)."""
    return await asyncio.to_thread(_decode, data, decode) if len(data) > LARGE else _decode(data, decode)


def _decode(data: str, decode: Decode) -> Decoded:
    try:
        value = parsed(data)
        decoded = decode(value)
        # Rule 6: a delta is left as it is.
        if not is_delta(decoded) and (clean := KNOWN.redactor.parsed(value, data)) is not value:
            value, decoded = clean, decode(clean)
        if len(data) <= KEPT_WHOLE:
            decoded.data, decoded.size = value, len(data)
        else:
            decoded.data = cut(value)
            decoded.size = weight(decoded.data)
        decoded.raw = data
    except ValueError as problem:
        return Decoded((Malformed(name="?", reason=f"not JSON: {problem}"),), "?")
    return decoded
