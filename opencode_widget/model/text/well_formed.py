"""What Python takes for text and numbers, and a page does not."""

from __future__ import annotations

# Of an IEEE double.
LARGEST = 1.7976931348623157e308


def well_formed(text: str) -> str:
    """Text without halves of characters: JavaScript cuts strings where it likes, and no frame can carry what is left."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
