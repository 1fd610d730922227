"""Where a server is, and who we are there; taken out of a URL, and checked before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx

from ...errors import AddressError

EXAMPLE = "Write it like http://127.0.0.1:4096."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and who we are there. The password is in no repr."""

    url: str
    username: str = "opencode"
    password: str | None = None

    def __repr__(self) -> str:
        return f"<Address {self.url}>"

    @property
    def host(self) -> str:
        """The host's name."""
        return urlsplit(self.url).hostname or ""


def address(url: str, username: str = "opencode", password: str | None = None) -> Address:
    """Take a URL apart; credentials in it count, and do not stay in it.

    Args:
        url: "http://host:port" or "https://...", with or without "user:password@".
        username: for basic authentication.
        password: None where the server wants none.

    Raises:
        AddressError: it is not such a URL, or the credentials cannot be sent.
    """
    given = str(url).strip()
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
        misplaced = "@" in f"{parts.path}{parts.query}{parts.fragment}"
    except ValueError:  # not chained: its words may be a piece of a password
        raise AddressError("The server's URL cannot be read.", remedy=EXAMPLE) from None
    if misplaced:  # "http://me:1/2@host": everything before the "@" was meant to be the password
        raise AddressError(
            f"The server's URL has a '/', '?' or '#' before its '@': {scrubbed(given)!r}.",
            remedy="Give the password by itself: password=...",
        )
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError(
            f"The server's URL {scrubbed(given)!r} does not begin with http:// or https://.", remedy=EXAMPLE
        )
    name = f"[{host}]" if ":" in host else host
    clean = f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    if not _is_usable(clean):
        raise AddressError(f"The server's URL {scrubbed(given)!r} names no host that can be.", remedy=EXAMPLE)
    user = _unquoted(parts.username, "user name") if parts.username else username
    secret = _unquoted(parts.password, "password") if parts.password else password
    return Address(clean, _sendable(user, "user name"), None if secret is None else _sendable(secret, "password"))


def _unquoted(text: str, what: str) -> str:
    """What a URL spells. Not chained: the words of the failure hold the text."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise AddressError(
            f"The {what} in the server's URL is not UTF-8 where it is percent-encoded.",
            remedy="Encode it with urllib.parse.quote(...), or give it by itself.",
        ) from None


def _sendable(text: str, what: str) -> str:
    """A text that basic authentication can carry. Neither the text nor the failure is repeated."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise AddressError(
            f"The {what} holds a character that is not UTF-8, as a variable in another encoding gives it.",
            remedy=f"Give the {what} as text: os.environb[...].decode('latin-1'), say.",
        ) from None
    return text


def _is_usable(url: str) -> bool:
    """Does httpx take it? It refuses hosts with control characters, and such as cannot be written in DNS."""
    try:
        httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    return True


def scrubbed(url: str) -> str:
    """A URL without what may be a secret: all before its last "@", and all from "?" or "#" on."""
    scheme, mark, rest = url.partition("://") if "://" in url else ("", "", url)
    host = rest.rpartition("@")[2]
    return f"{scheme}{mark}{re.split('[?#]', host)[0]}"
