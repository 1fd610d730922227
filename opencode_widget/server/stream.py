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


@asynccontextmanager
async def open_stream(http: Http, path: str, params: dict[str, Any]) -> AsyncIterator[EventSource]:
    """Open a stream of events, and check its headers.

    Raises:
        OpenCodeError: no answer, a refusal, or an answer that is no stream.
    """
    timeout = httpx.Timeout(None, connect=http.limits.connect)  # the pulse limits the wait for bytes
    headers = {"Accept-Encoding": "identity"}  # compressed bytes would arrive in blocks, and not be measurable
    async with http.stream_client() as client:
        stream = aconnect_sse(client, "GET", path, params=params, timeout=timeout, headers=headers)
        try:
            async with asyncio.timeout(http.limits.connect + http.limits.hello):
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
    http: Http, path: str, params: dict[str, Any], decode: Decode, *, announce: bool = False
) -> AsyncGenerator[Decoded, None]:
    """Yield the events of one connection. It ends by an error, or by being closed.

    `announce`: yield a greeting of our own when the stream is open, for a server that may send nothing until something happens.

    Raises:
        Silence: no byte arrived for as long as the server's heartbeats, or `limits.silence` before the first, allow.
        OpenCodeError: see `open_stream`; ConnectionFailed also where the server ended the stream.
    """
    async with open_stream(http, path, params) as source, aclosing(source.aiter_sse()) as events:
        pulse = Pulse(http.limits.silence, _now())
        meter = _measure(http, source.response, pulse)
        try:
            if announce:
                yield Decoded((Greeted(),), "stream opened", data={})
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
    except ValueError as problem:
        return Decoded((Malformed(name="?", reason=f"not JSON: {problem}"),), "?")
    return decoded
