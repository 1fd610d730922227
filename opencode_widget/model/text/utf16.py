"""Lengths in UTF-16 code units, in which JavaScript, and so OpenCode and the page, count the characters of a text."""

from __future__ import annotations


def units(text: str) -> int:
    """The length of a text in UTF-16 code units; a character beyond U+FFFF counts as two."""
    return len(text) + sum(character > "\uffff" for character in text)
