"""The spellings of a secret: every form in which a text may not contain it.

A secret of at least `SHORTEST` characters is recognised as

- itself, and backwards;
- a URL spells it: percent-encoded once or twice, with the sets of unquoted characters that Python, httpx and JavaScript use, hexadecimal
  digits large or small, a space as "+";
- JSON spells it, once or twice, ASCII only or not, "/" escaped or not;
- Python and a shell spell it: `repr`, `ascii`, the `repr` of its bytes, single quotes;
- HTML spells it; its composed and decomposed Unicode forms; its UTF-8 bytes read as Latin-1;
- base64, with either alphabet, wherever in a longer text it stands (three alignments), lines broken or not. This covers the value of an
  `Authorization: Basic` header;
- hexadecimal digits, large or small, lines broken or not.

A shorter secret would star ordinary words out of every text. It is recognised only together with its user's name ("user:abc"), in the same
spellings. What an agent encodes on purpose in another way (compressed, encrypted, each letter on a line of its own) is not recognised.
"""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 4

# Characters that URL encoders leave as they are: Python's strict set, Python's default, JavaScript's encodeURIComponent and encodeURI, and
# the user part of a URL (RFC 3986).
UNQUOTED = ("", "/", "!'()*", ";,/?:@&=+$-_.!~*'()#", "!$&'()*+,;=")


def spellings(secret: str, username: str = "") -> set[str]:
    """Return the spellings that never contain line breaks, of at least `SHORTEST` characters."""
    named = _named(secret, username)
    if named is None:
        return set()
    plain = {named, *_unicode(named)}
    escaped = {form for text in plain for form in (*_quoted(text), *_escaped(text))}
    found = {named[::-1], *plain, *escaped}
    return {form for form in found if len(form) >= SHORTEST}


def breakable_spellings(secret: str, username: str = "") -> set[str]:
    """Return the spellings into which encoders put line breaks."""
    named = _named(secret, username)
    raw = _bytes(named) if named is not None else None
    if raw is None:
        return set()
    found = {raw.hex(), raw.hex().upper()}
    for before in range(3):
        core = _base64_core(raw, before)
        found |= {core, core.translate(str.maketrans("+/", "-_"))}
    return {form for form in found if len(form) >= SHORTEST}


def _named(secret: str, username: str) -> str | None:
    """Return the text to look for; None if none is long enough."""
    if len(secret) >= SHORTEST:
        return secret
    return f"{username}:{secret}" if secret and username else None


def _bytes(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no encoder accepts
        return None


def _base64_core(raw: bytes, before: int) -> str:
    """Return the base64 digits that depend only on these bytes, after `before` other bytes (modulo 3)."""
    size = before + len(raw)
    digits = base64.b64encode(bytes(before) + raw).decode()
    return digits[-(-8 * before // 6) : 8 * size // 6]


def _unicode(text: str) -> Iterator[str]:
    yield unicodedata.normalize("NFC", text)
    yield unicodedata.normalize("NFD", text)
    raw = _bytes(text)
    if raw is not None:
        yield raw.decode("latin-1")


def _quoted(text: str) -> Iterator[str]:
    if _bytes(text) is None:
        return
    once = {quote(text, safe=safe) for safe in UNQUOTED} | {quote_plus(text)}
    for form in _with_small_digits(once):
        yield form
        yield from _with_small_digits([quote(form, safe="")])


def _with_small_digits(forms: Iterable[str]) -> Iterator[str]:
    for form in forms:
        yield form
        first, *rest = form.split("%")
        yield "%".join([first, *(piece[:2].lower() + piece[2:] for piece in rest)])


def _escaped(text: str) -> Iterator[str]:
    for ascii_only in (False, True):
        once = _in_json(text, ascii_only=ascii_only)
        yield from (once, once.replace("/", r"\/"), _in_json(once, ascii_only=ascii_only))
    yield from (repr(text)[1:-1], ascii(text)[1:-1])
    raw = _bytes(text)
    if raw is not None:
        yield repr(raw)[2:-1]
    yield from (text.replace("'", r"'\''"), text.replace("'", "'\"'\"'"))
    yield from (html.escape(text), html.escape(text, quote=False), html.escape(text).replace("&#x27;", "&#39;"))


def _in_json(text: str, *, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]
