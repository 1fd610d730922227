"""Text and numbers that Python accepts and JavaScript does not."""

from __future__ import annotations

# The largest IEEE double.
LARGEST = 1.7976931348623157e308


def well_formed(text: str) -> str:
    """Replace lone surrogates, which arise where JavaScript cuts a string within a character; no frame can carry them."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
