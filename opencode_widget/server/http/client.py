"""HTTP to one OpenCode server: one connection pool, limits of time and size, and an error of ours for every failure."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import weakref
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import anyio
import httpx

from ...errors import (
    AddressError,
    ConnectionFailed,
    NotFound,
    NotOpenCode,
    NotSupported,
    OpenCodeError,
    RequestFailed,
)
from ...model.text.well_formed import well_formed
from ...redaction import KNOWN, safe_cause
from . import failures
from .address import Address, address, scrubbed
from .cancel import Calls, completed
from .chunk_joiner import JoiningTransport, is_enabled
from .failures import CHECK_ADDRESS, EXCERPT, WEB_PAGE, refusal_words
from .limits import ENCODINGS, LARGE, SLOWEST, Limits, encoding, in_words, parsed
from .loopback import is_loopback
from .own_headers import RequestHeaders, register
from .surroundings import proxy_for, tls_context

__all__ = ["CHECK_ADDRESS", "Address", "Http", "Limits", "address", "is_json", "parsed", "refusal_words", "scrubbed"]

# What a call raises if the server has no route for it: a 404, 405 or 501, or a web page in place of JSON.
NO_ROUTE = (NotFound, NotSupported, NotOpenCode)


class Http:
    """The calls to one server.

    Args:
        address: where it is.
        directory: the folder that each call is about; None for the server's own.
        limits: of time and size.
    """

    def __init__(self, address: Address, directory: str | None = None, limits: Limits | None = None) -> None:
        self.address = address
        self.directory = directory
        self.limits = limits or Limits()
        self._client: httpx.AsyncClient | None = None
        self._streams: set[httpx.AsyncClient] = set()
        self._closed = False
        # How the certificate is checked; None: not read yet, or there is none to check.
        self._tls: ssl.SSLContext | None = None
        self._calls: Calls[httpx.Response] = Calls()
        KNOWN.add(address.password, address.username)
        self._forget = weakref.finalize(self, KNOWN.withdraw, address.password, address.username)
        KNOWN.learn(os.environ)
        register(value for _, value in address.query)

    def __repr__(self) -> str:
        return f"<Http {self.address.url}>"

    @property
    def client(self) -> httpx.AsyncClient:
        """The connection pool, which is created on first use, on the loop that uses it.

        Raises:
            AddressError: the environment names a proxy that cannot be used.
        """
        if self._closed:
            raise self._gone()
        if self._client is None:
            self._client = self._make_client()
        return self._client

    @asynccontextmanager
    async def stream_client(self) -> AsyncIterator[httpx.AsyncClient]:
        """A connection pool for one stream, closed at the end.

        A stream does not share the pool of the calls: httpcore closes the dead connections of a pool in whichever task uses it next, and a
        stream's task is cancelled when a call notices the loss first. Connections that were still to be closed would stay open.

        Raises:
            ConnectionFailed: `close` was called.
        """
        if self._closed:
            raise self._gone()
        await self._read_authorities()
        is_near = self.address.url.startswith("http://") and is_loopback(self.address.host)
        client = self._make_client(JoiningTransport() if is_near and is_enabled() else None)
        self._streams.add(client)
        try:
            yield client
        finally:
            self._streams.discard(client)
            await client.aclose()

    async def _read_authorities(self) -> None:
        """Read from the disk by which authorities the certificate is checked, on a thread.

        Raises:
            AddressError: they cannot be read.
        """
        if self._tls is None and self.address.url.startswith("https://"):
            self._tls = await asyncio.to_thread(tls_context, self.address.verify)

    def _make_client(self, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
        proxy = proxy_for(self.address.url)
        if proxy is not None and proxy.fault:
            words = f"{proxy.words[:1].upper()}{proxy.words[1:]}"
            raise AddressError(f"{words} cannot be used for {self.address.url}: {proxy.fault}.", remedy=proxy.remedy)
        try:
            return self._new_client(transport)
        except (httpx.InvalidURL, ValueError, ImportError):  # not chained: its message may contain the proxy's password
            words, advice = (proxy.words, proxy.advice) if proxy else ("the proxy that the environment names", "")
            raise AddressError(
                f"{words[:1].upper()}{words[1:]} cannot be used for {self.address.url}.",
                remedy=advice or "Correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, or name the host in NO_PROXY.",
            ) from None

    def _new_client(self, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
        address = self.address
        basic = (address.username, address.password) if address.password else None
        return httpx.AsyncClient(
            base_url=address.url,
            params=dict(address.query),
            transport=transport,
            auth=RequestHeaders(basic, address.headers, address.url),
            verify=self._tls or False,
            timeout=httpx.Timeout(self.limits.answer, connect=self.limits.connect),
            headers={"Accept-Encoding": "gzip, deflate"},
            event_hooks={"response": [_decode_as_utf8, self._check_encoding]},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=10, keepalive_expiry=30),
            # A proxy of the environment is not for servers on this machine.
            trust_env=not is_loopback(address.host),
            follow_redirects=False,
        )

    def params(self, **params: Any) -> dict[str, Any]:
        """Query parameters with the directory, whose value the server percent-decodes once more than the others."""
        given = {key: value for key, value in params.items() if value is not None}
        return given if self.directory is None else {"directory": self.directory.replace("%", "%25"), **given}

    async def _check_encoding(self, response: httpx.Response) -> None:
        if encoding(response) not in ENCODINGS:
            raise self.strange(
                f"a compression that was not asked for ({encoding(response)[:EXCERPT]})", response.url.path
            )

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        limit: float | None = None,
    ) -> httpx.Response:
        """Call the server, and return the whole answer.

        Args:
            method: the HTTP method.
            path: the path below the server's URL.
            body: JSON to send; None: no body.
            params: query parameters; None for the directory alone.
            limit: seconds until the head of the answer.

        Raises:
            NotOpenCode: the answer is a web page.
            OpenCodeError: see `answer`, `read` and `refusal`.
        """
        query = self.params() if params is None else params
        # `json.dumps` escapes lone surrogates; httpx would fail to encode them.
        extra = {} if body is None else {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}
        response = await self._request(method, path, limit or self.limits.answer, params=query, **extra)
        if refused := self.refusal(response.status_code, response.content, path, response.headers):
            raise refused
        content_type = response.headers.get("content-type", "")
        if content_type.partition(";")[0] == WEB_PAGE:
            # Another version answers an unknown path with its web app and status 200.
            raise self.strange(content_type, path)
        return response

    @asynccontextmanager
    async def answer(self, method: str, path: str, limit: float, **options: Any) -> AsyncIterator[httpx.Response]:
        """An answer of which the head has arrived, and the body has not.

        Args:
            method: the HTTP method.
            path: the path below the server's URL.
            limit: seconds until the head; a large body is given more, because it must be sent first.
            options: of httpx.

        Raises:
            OpenCodeError: see `failure`.
        """
        await self._read_authorities()
        try:
            timeout = httpx.Timeout(limit, connect=self.limits.connect)
            request = self.client.build_request(method, path, timeout=timeout, **options)
            with anyio.fail_after(self.limits.connect + limit + len(request.content) / SLOWEST):
                response = await self.client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as problem:
            raise self.failure(problem, path) from safe_cause(problem)
        try:
            yield response
        finally:
            await response.aclose()

    async def read(self, response: httpx.Response, path: str) -> bytes:
        """Read the body of an answer, within limits of size and pace.

        Raises:
            RequestFailed: it is too large.
            OpenCodeError: see `failure`.
        """
        pieces, size = [], 0
        try:
            with anyio.fail_after(self.limits.answer) as scope:
                async for piece in response.aiter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    scope.deadline += len(piece) / SLOWEST
                    if size > self.limits.body:
                        raise self._too_large(path)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as problem:
            raise self.failure(problem, path) from safe_cause(problem)
        return b"".join(pieces)

    def _too_large(self, path: str) -> RequestFailed:
        most = in_words(self.limits.body)
        return RequestFailed(f"{self.address.url} answered {path} with more than {most}.", remedy="Ask for less of it.")

    async def _whole(self, method: str, path: str, limit: float, **options: Any) -> httpx.Response:
        async with self.answer(method, path, limit, **options) as response:
            body = await self.read(response, path)
        # Without the headers of the transfer, for the body is decoded now.
        text = [(name, value) for name, value in response.headers.raw if name.lower() not in ON_THE_WAY]
        return httpx.Response(response.status_code, headers=text, content=body, request=response.request)

    async def _request(self, method: str, path: str, limit: float, **options: Any) -> httpx.Response:
        """Send a request that ends with the pool, or with its caller, and leaves no connection open; see `cancel.py`."""
        response = await self._calls.run(self._whole(method, path, limit, **options))
        if response is None:
            raise self._gone()
        return response

    def _gone(self) -> ConnectionFailed:
        return ConnectionFailed(f"The connection to {self.address.url} was closed.", remedy="Try again.")

    async def json(self, method: str, path: str, **options: Any) -> Any:
        """Call the server, and return the JSON of the answer; see `call`.

        Raises:
            NotOpenCode: the answer is not JSON.
        """
        return await self.decoded_apart(await self.call(method, path, **options), path)

    async def decoded_apart(self, response: httpx.Response, path: str) -> Any:
        """The JSON of an answer; a large one is parsed on a thread. See `decoded`."""
        if len(response.content) <= LARGE:
            return self.decoded(response, path)
        return await asyncio.to_thread(self.decoded, response, path)

    def decoded(self, response: httpx.Response, path: str) -> Any:
        """The JSON of an answer.

        Raises:
            NotOpenCode: it is not JSON.
        """
        if not is_json(response.headers.get("content-type", "")):
            raise self.strange(response.headers.get("content-type", ""), path)
        try:
            return KNOWN.redactor.parsed(parsed(response.content), response.content)
        except ValueError as problem:
            raise NotOpenCode(
                f"The answer of {self.address.url} to {path} is not JSON.", remedy=CHECK_ADDRESS
            ) from problem

    def quoted(self, id: str) -> str:
        """An id quoted as one segment of a path."""
        return quote(well_formed(id), safe="")

    def strange(self, content_type: str, path: str) -> NotOpenCode:
        """The error for a content type that an OpenCode server does not send."""
        return failures.strange(content_type, path, self.address)

    def failure(self, problem: Exception, path: str) -> OpenCodeError:
        """The error for an exception of httpx: no answer arrived, or not all of it."""
        return failures.failure(problem, path, self.address, self.limits)

    def refusal(
        self, status: int, body: bytes, path: str, headers: Mapping[str, str] = failures.NO_HEADERS
    ) -> OpenCodeError | None:
        """The error for a status; None for a success. Only the beginning of the body is decoded."""
        return failures.refusal(status, body, path, self.address, headers)

    async def close(self) -> None:
        """Close all connections, even if the caller is cancelled meanwhile. Running and later calls fail."""
        self._closed = True
        self._forget()
        await completed(self._close())

    async def _close(self) -> None:
        await self._calls.cancel()
        for client in (self._client, *self._streams):
            if client is not None:
                await client.aclose()


async def _decode_as_utf8(response: httpx.Response) -> None:
    """Decode as UTF-8. httpx would use any codec of Python that the answer names; some are quadratic, or decompress."""
    response.encoding = "utf-8"


ON_THE_WAY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


def is_json(content_type: str) -> bool:
    """Is a content type JSON?"""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
