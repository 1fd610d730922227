"""Which dialect a server speaks: asked at every connect, for a server may come back as another version."""

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
# Seconds in which a service that speaks first has spoken, and the characters of it that an error repeats.
GREETING, GREETING_LENGTH = 0.5, 60


def dialect_of(version: str) -> str | None:
    """What a program of this version will speak; None: nothing that we know. A server says itself what it speaks, see `detect`."""
    return DIALECTS.get(version.partition(".")[0])


async def detect(http: Http) -> Client:
    """Find out what answers, by its health (1.x, 2.x), else by the type of what it serves at `/events`.

    Raises:
        ConnectionFailed: nothing answers.
        AuthenticationFailed: it wants another password.
        NotOpenCode: it is something else, or a version that we don't speak.
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
    return _told(http, await _ask(http, "/api/info"))


async def _early_second(http: Http) -> Client | None:
    """Servers of 1.x may answer this too: it is asked when they have been ruled out."""
    return _told(http, await _ask(http, "/api/health"))


def _told(http: Http, info: dict[str, Any]) -> Client | None:
    return _later(http, str(info.get("version") or "2.x")) if isinstance(info.get("pid"), int) else None


Question = Callable[[Http], Awaitable[Client | None]]
QUESTIONS: tuple[Question, ...] = (_first, _classic, _second)
# What each server answered the last time is what it is asked first the next time. Its answer decides, not this.
_answered: dict[str, Question] = {}


def _later(http: Http, version: str) -> Client:
    """A server of the family of 2.x; one of a later generation may look the same and mean something else."""
    major = version.partition(".")[0]
    if major.isdigit() and int(major) != 2:
        raise NotOpenCode(
            f"{http.address.url} is OpenCode {version}; this version of opencode_widget speaks {SPOKEN}.",
            remedy="Update opencode_widget, or run `opencode-widget install`, which brings the tested OpenCode.",
        )
    return V2Client(http, f"OpenCode {version}")


async def _ask(http: Http, path: str) -> dict[str, Any]:
    """The JSON object at a path; {} where there is none."""
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
    """The head of an answer; a refusal that says something about the server as a whole is raised."""
    async with http.answer("GET", path, http.limits.hello) as response:
        refused = http.refusal(response.status_code, b"", path)
        if isinstance(refused, AuthenticationFailed | ConnectionFailed):
            raise refused
        yield response


async def _greeting(url: str) -> str:
    """What a service says that speaks first, and not HTTP (SSH, mail, a database); "" where there is none.

    An HTTP client sees such a service break off or keep silent, as a server does that is starting.
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
