"""Decodes text files, whatever their encoding: servers and models read UTF-8 alone.

UTF-8 and what begins with a byte order mark are certain. UTF-16 without a mark shows in its zero bytes. A text with one byte for each
character names its encoding nowhere. It is taken for Western European (Windows-1252) only where it looks like that; for others
charset-normalizer guesses, if it is installed and has enough to go by; what nobody writes is no guess. What is left is not decoded: a wrong
guess would send other words than the file has.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

# The longer marks first, as that of UTF-32 begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The part of a file that is looked at to find its encoding.
SAMPLE = 100_000
# Not with a mark, and without a zero byte: no text is in these.
UNLIKELY = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7"]
# Bytes beyond ASCII that a guess needs.
EVIDENCE = 12
# What stands between two letters of ASCII.
WITHIN_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]{1,4}(?=[A-Za-z])")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# The letters of Latin-1, and the signs that Western European texts use beside them.
WESTERN = re.compile(
    "[\u00a0-\u00bf\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u00d7"
    "\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20ac\u2122]"
)


def decoded(content: bytes) -> str | None:
    """The text of a file, without a byte order mark; None if it is no text, or its encoding is not certain enough."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _text(content, encoding)
    if b"\0" in content[:SAMPLE]:
        return _two_bytes(content)
    return _text(content, "utf-8") or _cut_within_character(content) or _one_byte(content) if content else ""


def _text(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _cut_within_character(content: bytes) -> str | None:
    """Text in UTF-8 whose last character is not whole, as of a log that is being written or was cut at a size."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else f"{text}\ufffd"


def _two_bytes(content: bytes) -> str | None:
    """Text in UTF-16 without a mark: where it has ASCII, each other byte is zero."""
    even, odd = content[:SAMPLE:2].count(0), content[1:SAMPLE:2].count(0)
    if max(even, odd) < len(content[:SAMPLE]) * 0.2 or min(even, odd) > max(even, odd) * 0.1:
        return None
    return _text(content, "utf-16-be" if even > odd else "utf-16-le")


def _one_byte(content: bytes) -> str | None:
    text = _text(content, "cp1252")
    if text is not None and _looks_western(text[:SAMPLE]):
        return text
    guess = _guessed(content) if sum(byte > 127 for byte in content[:SAMPLE]) >= EVIDENCE else None
    return None if guess is None or CONTROL.search(guess) or not _is_likely(guess[:SAMPLE]) else guess


def _is_likely(text: str) -> bool:
    """Signs and letters of another script within Latin words, or marks without their letters, come from a wrong guess."""
    beyond = [character for character in text if ord(character) > 127]
    marks = sum(unicodedata.category(character) == "Mn" for character in beyond)
    within = WITHIN_WORD.findall(text)
    foreign = sum(not all(unicodedata.name(each, "").startswith("LATIN") for each in run) for run in within)
    return marks <= 0.4 * len(beyond) and foreign <= 0.1 * len(beyond)


def _looks_western(text: str) -> bool:
    """Western languages have few characters beyond ASCII, and these are letters and signs of their own."""
    beyond = [character for character in text if ord(character) > 127]
    letters = sum(character.isalpha() for character in text)
    return (
        not CONTROL.search(text)
        and len(beyond) * 3 <= letters
        and all(WESTERN.match(character) for character in beyond)
    )


def _guessed(content: bytes) -> str | None:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return None
    best = from_bytes(content[:SAMPLE], cp_exclusion=UNLIKELY).best()
    return None if best is None or best.chaos > 0.1 else _text(content, best.encoding)
