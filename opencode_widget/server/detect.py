"""Detects which dialect a server speaks.

The rules:

1. Every connect detects anew, because a server may come back as another version.
2. The dialects are asked in the order of `QUESTIONS`, but the one that the same address spoke the last time comes first, or that of 1.0
   where we started a program of 1.0: other paths it sends on by the network, which may take long. The answer decides, not the memory.
3. A refusal that concerns the server as a whole (401, 503, no connection) ends the detection; any other answer rules one dialect out.
4. A server of a later generation than 2.x is refused, although it may look like 2.x, and one before 1.0.152. A release of 1.x that is newer
   than the tested one is taken: what it sends anew is counted, and costs nothing else.
5. OpenCode 1.0 has no health route, and sends unknown paths on to its web app: what comes back may be a web page, or an error of
   OpenCode's own. So it is known by `/path`, and asked last, when all others are ruled out. It does not say its version either: the
   document of its routes tells a release that is too old.
6. An error in OpenCode's own form, `{name, data}`, in answer to `/path` comes from an OpenCode that cannot work: its words are repeated.
7. A dialect is imported when a server speaks it: a start need not wait for any.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx

from ..errors import AuthenticationFailed, ConnectionFailed, NotOpenCode, RequestFailed
from ..redaction import KNOWN, safe_cause
from .api import Client
from .http.client import CHECK_ADDRESS, Http, is_json, parsed, refusal_words
from .http.failures import SIGN_IN, WEB_PAGE, redirect_target, redirected
from .releases import HAS_HEALTH, HAS_QUESTIONS, Release, Standing, release, standing
from .stream import EVENT_STREAM

HEALTH = "/global/health"
SPOKEN = "OpenCode 1.x and 2.x"
# What a server is called that does not say its version.
EARLY = "1.0.x"
# How a client for whatever answers is found: `detect`, or what stands in for it.
Detect = Callable[[Http], Awaitable[Client]]
# Seconds until a service that speaks first has sent its greeting, and the characters of it that an error repeats.
GREETING, GREETING_LENGTH = 0.5, 60
# Characters of the details of an error that are repeated.
DATA = 200


def dialect_of(version: str) -> str | None:
    """The dialect of a program by its version; None where it is not known. A running server is asked instead, see `detect`."""
    from .v1.client import V1Client
    from .v2.client import V2Client

    return {"1": V1Client.dialect, "2": V2Client.dialect}.get(version.partition(".")[0])


async def detect(http: Http) -> Client:
    """Find out what answers: by its health route (1.1 and later, 2.x), by the content type at `/events`, by `/path` (1.0).

    Raises:
        ConnectionFailed: nothing answers.
        AuthenticationFailed: the server wants another password.
        NotOpenCode: something else answers, or a version that is too old or too new.
        RequestFailed: an OpenCode answers, with an error of its own.
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
    # The version of a server of our own counts for more than what was at its port before.
    known = _early_first if _is_before(HAS_HEALTH, http.address.version or "") else _answered.get(url)
    for question in (*([known] if known else []), *(item for item in QUESTIONS if item is not known)):
        if client := await question(http):
            _answered[url] = question
            return client
    raise _stranger(http)


def _stranger(http: Http) -> NotOpenCode:
    """The error for what speaks no dialect, with what can be said of it: where it leads, or that it shows a web page."""
    text = f"What answers at {http.address.url} is not an OpenCode server"
    status, headers = _greeted[http]
    target = redirect_target(http.address, HEALTH, headers) if 300 <= status < 400 else ""
    if target:
        words, remedy = redirected(http.address, status, target)
        return NotOpenCode(f"{text}. {words}", remedy=remedy)
    if headers.get("content-type", "").partition(";")[0] == WEB_PAGE:
        return NotOpenCode(
            f"{text}: it shows a web page (status {status}), as another service does, or a gateway that wants a login.",
            remedy=f"{CHECK_ADDRESS} {SIGN_IN}",
        )
    if status >= 300 and status != 404:
        return NotOpenCode(f"{text}: it answers {HEALTH} with status {status}.", remedy=CHECK_ADDRESS)
    return NotOpenCode(f"{text}.", remedy=CHECK_ADDRESS)


async def _first(http: Http) -> Client | None:
    health = await _ask(http, HEALTH)
    if health.get("healthy") is not True:
        return None
    version = str(health.get("version") or "1.x")
    if standing(version) is Standing.TOO_OLD:
        raise _too_old(http, version)
    if _is_before(HAS_QUESTIONS, version):
        from .v1.early import EarlyClient

        return EarlyClient(http, f"OpenCode {version}", may_list=True)
    from .v1.client import V1Client

    return V1Client(http, f"OpenCode {version}")


def _is_before(other: Release, version: str) -> bool:
    known = release(version)
    return known is not None and known < other


async def _classic(http: Http) -> Client | None:
    if not await _serves_events(http):
        return None
    from .classic import ClassicClient

    return ClassicClient(http, "OpenCode (classic)")


async def _second(http: Http) -> Client | None:
    return _from_info(http, await _ask(http, "/api/info"))


async def _early_second(http: Http) -> Client | None:
    """The health route of early 2.x. Servers of 1.x may have it too, so it is asked after they have been ruled out."""
    return _from_info(http, await _ask(http, "/api/health"))


async def _early_first(http: Http) -> Client | None:
    """1.0: by the folders at `/path` (rules 5 and 6)."""
    async with _answer(http, "/path") as response:
        status, body = response.status_code, await _object(http, response, "/path")
    if status >= 400 and isinstance(body.get("name"), str) and "data" in body:
        raise RequestFailed(
            f"OpenCode at {http.address.url} cannot work: it answers with {_own_words(body)}.",
            remedy="Its log may say more. Mend what it names, or update OpenCode: opencode-widget install.",
            status=status,
        )
    if status >= 300 or not all(isinstance(body.get(name), str) for name in ("directory", "worktree")):
        return None
    version = http.address.version or EARLY
    if standing(version) is Standing.TOO_OLD or (version == EARLY and not await _takes_prompts(http)):
        raise _too_old(http, version)
    from .v1.early import EarlyClient

    return EarlyClient(http, f"OpenCode {version}")


async def _takes_prompts(http: Http) -> bool:
    """Has a server of 1.0 the call that takes a prompt and answers at once? 1.0.98 has not. True where its document does not say."""
    paths = (await _ask(http, "/doc")).get("paths")
    return not isinstance(paths, dict) or any(path.endswith("/prompt_async") for path in paths)


def _own_words(body: dict[str, Any]) -> str:
    """An error of OpenCode in its own words: `{name, data}`."""
    name, words = body["name"], refusal_words(json.dumps(body))
    if words != name:
        return f"{name}: {words}".rstrip(".")
    return f"{name} {json.dumps(body['data'])[:DATA]}" if body["data"] else name


def _too_old(http: Http, version: str) -> NotOpenCode:
    return NotOpenCode(
        f"{http.address.url} is OpenCode {version}, which is too old; this version of opencode_widget speaks {SPOKEN}.",
        remedy="Update OpenCode: opencode-widget install.",
    )


def _from_info(http: Http, info: dict[str, Any]) -> Client | None:
    return _v2_client(http, str(info.get("version") or "2.x")) if isinstance(info.get("pid"), int) else None


Question = Callable[[Http], Awaitable[Client | None]]
QUESTIONS: tuple[Question, ...] = (_first, _classic, _second, _early_second, _early_first)
# The question that each address answered the last time (rule 2).
_answered: dict[str, Question] = {}
# The head of the answer at the health route of 1.x, which every detection asks for.
_greeted: WeakKeyDictionary[Http, tuple[int, httpx.Headers]] = WeakKeyDictionary()


def _v2_client(http: Http, version: str) -> Client:
    """A client for a server that answers as 2.x does (rule 4)."""
    major = version.partition(".")[0]
    if major.isdigit() and int(major) != 2:
        raise NotOpenCode(
            f"{http.address.url} is OpenCode {version}; this version of opencode_widget speaks {SPOKEN}.",
            remedy="Update opencode_widget, or run `opencode-widget install`, which brings the tested OpenCode.",
        )
    from .v2.client import V2Client

    return V2Client(http, f"OpenCode {version}")


async def _ask(http: Http, path: str) -> dict[str, Any]:
    """The JSON object at a path; {} where the answer is not one."""
    async with _answer(http, path) as response:
        return await _object(http, response, path) if response.status_code < 300 else {}


async def _object(http: Http, response: httpx.Response, path: str) -> dict[str, Any]:
    """The JSON object of an answer; {} where it is not one."""
    if not is_json(response.headers.get("content-type", "")):
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
        if path == HEALTH:
            _greeted[http] = (response.status_code, response.headers)
        refused = http.refusal(response.status_code, b"", path, response.headers)
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
