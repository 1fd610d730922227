"""Characters that nobody sees, made visible: controls, marks that reorder text, letters without width."""

from __future__ import annotations

import re
from functools import cache

from ..text.well_formed import well_formed

# Joiners and variation selectors shape the letters of many scripts, and emoji. They are left alone where they do that.
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
# Controls but for the line feed and the tab; format characters; fillers; and the plane of tags.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NOT_ASCII = "[^\\x00-\\x7f]"
_INVISIBLE = re.compile(
    f"[{_HIDDEN}]+"
    f"|(?<!{_NOT_ASCII})[{_JOINERS}]|[{_JOINERS}](?!{_NOT_ASCII})"
    f"|(?<!{_NOT_ASCII})[{_SELECTORS}](?!\u20e3)|(?<=[{_SELECTORS}{_JOINERS}])[{_SELECTORS}]"
)
# Colours and other attributes of a terminal carry no words.
_ATTRIBUTES = re.compile(r"\x1b\[[0-9;:]*m")


def visible(text: str) -> str:
    """Text as it is, with a mark in the place of each character that cannot be seen: ␛ or ⟨U+202E⟩."""
    return _INVISIBLE.sub(_marks, well_formed(text))


def terminal(text: str) -> str:
    """Output of a program: without colours; a carriage return begins a new line, so that nothing is overwritten."""
    return visible(_ATTRIBUTES.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Visible text on one line."""
    return visible(" ".join(text.split()))


def escaped(json: str) -> str:
    """JSON, as `json.dumps` writes it, with what cannot be seen as escape sequences; it says the same."""
    return _INVISIBLE.sub(_escapes, json)


def _marks(found: re.Match[str]) -> str:
    return "".join(map(_mark, found[0]))


def _escapes(found: re.Match[str]) -> str:
    return "".join(map(_escape, found[0]))


@cache
def _mark(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\u27e8U+{code:04X}\u27e9"


@cache
def _escape(letter: str) -> str:
    code = ord(letter)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
