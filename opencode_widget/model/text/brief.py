"""Numbers with their nouns, and the beginnings of texts, as `repr` and messages show them."""

from __future__ import annotations

MORE = "…"
# Characters of a text that are looked at, for each that is shown: white space is joined.
_LOOKED_AT = 4


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "2,000 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def beginning(text: str, limit: int) -> str:
    """The beginning of a text on one line, of at most `limit` characters, with a mark where more follows."""
    looked_at = text[: _LOOKED_AT * limit]
    words = " ".join(looked_at.split())
    if len(words) <= limit and looked_at == text:
        return words
    return words[: limit - 1].rstrip() + MORE
