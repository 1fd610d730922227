"""The address of a server and our credentials for it, taken from a URL and checked before anything is sent."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from ...errors import AddressError

HeaderMap = Mapping[str, str]
# Headers of the user's, or a function that gives them for each request.
Headers = HeaderMap | Callable[[], HeaderMap | Awaitable[HeaderMap]]
# Whether the certificate of a server is checked, and by which authorities; a path: of a file or folder with authorities.
Verify = bool | str | os.PathLike[str] | ssl.SSLContext
EXAMPLE = "Write it like http://127.0.0.1:4096."


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a server, and our credentials for it. The repr has no password.

    Attributes:
        version: of the program, where we started it and know its version; some servers do not say theirs.
        query: the parameters of the URL, such as the token of a JupyterHub; they go with each request.
        headers: of the user's, for a gateway before the server; see `own_headers.py`.
        verify: whether and how the certificate is checked; see `surroundings.py`.
    """

    url: str
    username: str = "opencode"
    password: str | None = None
    version: str | None = field(default=None, compare=False)
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers | None = field(default=None, compare=False)
    verify: Verify = field(default=True, compare=False)

    def __repr__(self) -> str:
        return f"<Address {self.url}>"

    @property
    def host(self) -> str:
        """The host's name."""
        return urlsplit(self.url).hostname or ""


def address(
    url: str,
    username: str = "opencode",
    password: str | None = None,
    *,
    headers: Headers | None = None,
    verify: Verify = True,
) -> Address:
    """Parse a URL. Credentials in it take precedence. They and its parameters are removed from it.

    Args:
        url: "http://host:port" or "https://...", with or without "user:password@".
        username: for basic authentication.
        password: None where the server wants none.
        headers: see `Address`.
        verify: see `Address`.

    Raises:
        AddressError: it is not such a URL, or the credentials cannot be encoded.
    """
    given = str(url).strip()
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
        misplaced = "@" in f"{parts.path}{parts.query}{parts.fragment}"
    except ValueError:  # not chained: its message may contain a piece of the password
        raise AddressError("The server's URL cannot be read.", remedy=EXAMPLE) from None
    if misplaced:  # "http://me:1/2@host": the password has a "/" that was not quoted
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
    return Address(
        clean,
        _sendable(user, "user name"),
        None if secret is None else _sendable(secret, "password"),
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
        verify=verify,
    )


def _unquoted(text: str, what: str) -> str:
    """Undo percent-encoding. The error is not chained, because its message contains the text."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise AddressError(
            f"The {what} in the server's URL is not UTF-8 where it is percent-encoded.",
            remedy="Encode it with urllib.parse.quote(...), or give it by itself.",
        ) from None


def _sendable(text: str, what: str) -> str:
    """Check that basic authentication can encode a text. The error repeats neither the text nor its cause."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise AddressError(
            f"The {what} holds a character that is not UTF-8, as a variable in another encoding gives it.",
            remedy=f"Give the {what} as text: os.environb[...].decode('latin-1'), say.",
        ) from None
    return text


def _is_usable(url: str) -> bool:
    """Does httpx accept the URL? It refuses hosts with control characters, and names that DNS cannot have."""
    try:
        httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    return True


def scrubbed(url: str) -> str:
    """A URL without what may be secret: everything before its last "@", and everything from "?" or "#" on."""
    scheme, mark, rest = url.partition("://") if "://" in url else ("", "", url)
    host = rest.rpartition("@")[2]
    return f"{scheme}{mark}{re.split('[?#]', host)[0]}"
