"""Which addresses a document may link to: complete ones of the web, and of mail."""

from __future__ import annotations

import re

LONGEST = 2_000
# The host stands alone between the slashes, so that no name or password before it, and no relative path, looks like one.
_WEB = re.compile(
    r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][a-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"mailto:[a-z0-9._+-]+@[a-z0-9.-]+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?([^\s/?#@:]+\.[^\s/?#@:.]{2,})(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE)
# Characters of an address, and of words that may name a host, that are looked at or shown.
SHOWN = 100
WORDS = 300


def is_allowed(address: str) -> bool:
    """May a document link to it? It is in ASCII, as a browser would ask for it."""
    return len(address) <= LONGEST and any(kind.fullmatch(address) for kind in (_WEB, _MAIL))


def host_of(address: str) -> str:
    """The host of an address that is allowed, in lower case; of a mail address: that itself."""
    rest = address.partition("://")[2] or address.partition(":")[2]
    return re.split("[/?#]", rest, maxsplit=1)[0].lower()


def is_misleading(words: str, address: str) -> bool:
    """Do the words look like an address of another host, or may the host be taken for another?"""
    host = host_of(address)
    named = _HOST.fullmatch(words.strip()) if len(words) <= WORDS else None
    return "xn--" in host or (named is not None and named[1].lower() != host.partition(":")[0])


def short(address: str) -> str:
    """An address as it is shown: its end is left out where it is long."""
    return address if len(address) <= SHOWN else f"{address[:SHOWN]}…"
