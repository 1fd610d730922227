"""The headers of a request: basic authentication, and headers of the user's, which a gateway before the server may want.

1. The user's headers come last, so that their `Authorization` replaces ours.
2. A function gives the headers anew for each request, because a token expires. It runs on a thread, unless it is a coroutine function: it
   may have to fetch the token, and nothing else must wait for that.
3. If the answer is 401, the function is called once more: its token may have expired on the way. Other headers are sent a second time.
4. The value of a header that may hold a credential is a secret, from before it is sent; see `redaction/`.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import TypeGuard

import httpx

from ...errors import AddressError, ConnectionFailed, OpenCodeError
from ...redaction import KNOWN, safe_cause, words_of
from ...redaction.known import is_word
from .address import Headers

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What a value cannot have: the end of its line, and other control characters but the tab.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Headers whose value says nothing about who asks.
HARMLESS = re.compile(r"accept.*|content-.*|user-agent|host|origin|referer|x-forwarded-.*|x-request-id", re.IGNORECASE)
# The ways to authenticate whose name comes before the credential.
SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey)\s+(.+)", re.IGNORECASE | re.DOTALL)
# How many credentials stay registered.
REMEMBERED = 64
REMEDY = 'Give text by name: headers={"Authorization": "Bearer ..."}, or a function that returns this.'


class RequestHeaders(httpx.Auth):
    """Adds the headers to each request.

    Args:
        basic: a user name and a password; None: no basic authentication.
        given: the user's headers.
        where: the server's address, for errors.
    """

    def __init__(self, basic: tuple[str, str] | None, given: Headers | None, where: str) -> None:
        # Bytes, because the server expects UTF-8, and httpx does not document how it encodes a str.
        self._basic = httpx.BasicAuth(basic[0].encode(), basic[1].encode()) if basic is not None else None
        self._given = given
        self._where = where

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request with its headers; once more with others where these have expired (rule 3)."""
        if self._basic is not None:
            next(self._basic.auth_flow(request))
        sent = await self._headers()
        request.headers.update(sent)
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and callable(self._given):
            again = await self._headers()
            if again != sent:
                request.headers.update(again)
                yield request

    async def _headers(self) -> dict[str, str]:
        if not callable(self._given):
            return checked(self._given or {})
        try:
            if inspect.iscoroutinefunction(self._given):
                value = await self._given()
            else:
                value = await asyncio.to_thread(self._given)
                value = await value if inspect.isawaitable(value) else value
        except OpenCodeError:
            raise
        except Exception as fault:  # noqa: BLE001 - the user's function
            raise ConnectionFailed(
                f"The function that gives the headers for {self._where} failed: {words_of(fault)}.",
                remedy="Mend the function that was given as headers=...",
            ) from safe_cause(fault)
        return checked(value)


def checked(headers: object) -> dict[str, str]:
    """The headers, registered as secrets where they may be some.

    Raises:
        AddressError: they are no headers. The message repeats no value.
    """
    if not _is_mapping(headers):
        raise AddressError(f"The headers are no mapping, but of the type {type(headers).__name__}.", remedy=REMEDY)
    for name, value in headers.items():
        _check(name, value)
    register(value for name, value in headers.items() if not HARMLESS.fullmatch(name))
    return dict(headers)


def _is_mapping(value: object) -> TypeGuard[Mapping[str, str]]:
    return isinstance(value, Mapping)


def _check(name: object, value: object) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise AddressError("One of the headers has a name that HTTP does not allow.", remedy=REMEDY)
    if not isinstance(value, str):
        raise AddressError(f"The header {name} is no text, but of the type {type(value).__name__}.", remedy=REMEDY)
    if CONTROL.search(value):
        raise AddressError(
            f"The header {name} has a line break or another control character.",
            remedy="Remove it: text from a file often ends with a line break, see str.strip().",
        )
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise AddressError(
            f"The header {name} has characters that a header cannot have.", remedy="Encode it as its reader expects."
        ) from None


def register(values: Iterable[str]) -> None:
    """Make values known as secrets, with and without the name of their scheme. A word is none."""
    for value in values:
        credential = match[1] if (match := SCHEME.fullmatch(value)) else value
        for secret in {value, credential}:
            if secret not in _registered and not is_word(secret):
                _registered[secret] = None
                KNOWN.add(secret)
    while len(_registered) > REMEMBERED:
        oldest = next(iter(_registered))
        del _registered[oldest]
        KNOWN.retire(oldest)


# The credentials that were sent lately. An expired one stays among them for a while: a log or a conversation may repeat it.
_registered: dict[str, None] = {}

__all__ = ["RequestHeaders", "checked", "register"]
