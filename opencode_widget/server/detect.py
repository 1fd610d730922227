"""Detects which dialect a server speaks.

The rules:

1. Every connect detects anew, because a server may come back as another version.
2. The dialects are asked in the order of `QUESTIONS`, but the one that the same address spoke the last time comes first. The answer
   decides, not the memory.
3. A refusal that concerns the server as a whole (401, 503, no connection) ends the detection; any other answer rules one dialect out.
4. A server of a later generation than 2.x is refused, although it may look like 2.x.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import AuthenticationFailed, ConnectionFailed, NotOpenCode
from ..redaction import KNOWN, safe_cause
from .api import Client
from .classic import ClassicClient
from .http.client import CHECK_ADDRESS, Http, is_json, parsed
from .stream import EVENT_STREAM
from .v1.client import V1Client
from .v2.client import V2Client

SPOKEN = "OpenCode 1.x and 2.x"
DIALECTS = {"1": V1Client.dialect, "2": V2Client.dialect}
# How a client for whatever answers is found: `detect`, or what stands in for it.
Detect = Callable[[Http], Awaitable[Client]]
# Seconds until a service that speaks first has sent its greeting, and the characters of it that an error repeats.
GREETING, GREETING_LENGTH = 0.5, 60


def dialect_of(version: str) -> str | None:
    """The dialect of a program by its version; None where it is not known. A running server is asked instead, see `detect`."""
    return DIALECTS.get(version.partition(".")[0])


async def detect(http: Http) -> Client:
    """Find out what answers: by its health route (1.x, 2.x), else by the content type at `/events`.

    Raises:
        ConnectionFailed: nothing answers.
        AuthenticationFailed: the server wants another password.
        NotOpenCode: something else answers, or a version that is not supported.
    """
    try:
        return await _detect(http)
    except ConnectionFailed as error:
        if greeting := await _greeting(http.address.url):
            raise NotOpenCode(
                f"What answers at {http.address.url} does not speak HTTP: it says {greeting!r}.", remedy=CHECK_ADDRESS
            ) from safe_cause(error)
        raise


async def _detect(http: Http) -> Client:
    url = http.address.url
    known = _answered.get(url)
    for question in (*([known] if known else []), *(item for item in QUESTIONS if item is not known)):
        if client := await question(http):
            _answered[url] = question
            return client
    if client := await _early_second(http):
        return client
    raise NotOpenCode(f"What answers at {url} is not an OpenCode server.", remedy=CHECK_ADDRESS)


async def _first(http: Http) -> Client | None:
    health = await _ask(http, "/global/health")
    return V1Client(http, f"OpenCode {health.get('version') or '1.x'}") if health.get("healthy") is True else None


async def _classic(http: Http) -> Client | None:
    return ClassicClient(http, "OpenCode (classic)") if await _serves_events(http) else None


async def _second(http: Http) -> Client | None:
    return _from_info(http, await _ask(http, "/api/info"))


async def _early_second(http: Http) -> Client | None:
    """The health route of early 2.x. Servers of 1.x may have it too, so it is asked after they have been ruled out."""
    return _from_info(http, await _ask(http, "/api/health"))


def _from_info(http: Http, info: dict[str, Any]) -> Client | None:
    return _v2_client(http, str(info.get("version") or "2.x")) if isinstance(info.get("pid"), int) else None


Question = Callable[[Http], Awaitable[Client | None]]
QUESTIONS: tuple[Question, ...] = (_first, _classic, _second)
# The question that each address answered the last time (rule 2).
_answered: dict[str, Question] = {}


def _v2_client(http: Http, version: str) -> Client:
    """A client for a server that answers as 2.x does (rule 4)."""
    major = version.partition(".")[0]
    if major.isdigit() and int(major) != 2:
        raise NotOpenCode(
            f"{http.address.url} is OpenCode {version}; this version of opencode_widget speaks {SPOKEN}.",
            remedy="Update opencode_widget, or run `opencode-widget install`, which brings the tested OpenCode.",
        )
    return V2Client(http, f"OpenCode {version}")


async def _ask(http: Http, path: str) -> dict[str, Any]:
    """The JSON object at a path; {} where the answer is not one."""
    async with _answer(http, path) as response:
        if response.status_code >= 300 or not is_json(response.headers.get("content-type", "")):
            return {}
        try:
            body = await http.read(response, path)
            value = KNOWN.redactor.parsed(parsed(body), body)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


async def _serves_events(http: Http) -> bool:
    async with _answer(http, "/events") as response:
        return response.status_code == 200 and EVENT_STREAM in response.headers.get("content-type", "")


@asynccontextmanager
async def _answer(http: Http, path: str) -> AsyncIterator[httpx.Response]:
    """The head of an answer; raises a refusal that concerns the server as a whole (rule 3)."""
    async with http.answer("GET", path, http.limits.hello) as response:
        refused = http.refusal(response.status_code, b"", path)
        if isinstance(refused, AuthenticationFailed | ConnectionFailed):
            raise refused
        yield response


async def _greeting(url: str) -> str:
    """The greeting of a service that speaks first, and not HTTP (SSH, mail, a database); "" where there is none.

    To an HTTP client such a service looks like a server that is starting: it closes the connection, or does not answer.
    """
    where = urlsplit(url)
    if where.scheme != "http":
        return ""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(GREETING):
            reader, writer = await asyncio.open_connection(where.hostname, where.port or 80)
            try:
                greeting = await reader.read(GREETING_LENGTH)
            finally:
                writer.transport.abort()
            return greeting.decode("ascii", "replace").strip()
    return ""
