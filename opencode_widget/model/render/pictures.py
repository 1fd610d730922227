"""Pictures that the kernel itself made or read, beside an output's words. No picture that an agent names gets here."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from .elements import Html

# What models take, and browsers draw without running anything in it.
MIMES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture.

    Attributes:
        mime: "image/png", "image/jpeg", "image/gif" or "image/webp".
        content: the bytes of the file.
    """

    mime: str
    content: bytes


def drawn(pictures: Iterable[tuple[str, Picture]]) -> Html:
    """Pictures with the words that stand for them. One of another type, such as SVG, which may hold scripts, is left out."""
    return Html("".join(_image(words, picture) for words, picture in pictures if picture.mime in MIMES))


def _image(words: str, picture: Picture) -> str:
    source = f"data:{picture.mime};base64,{base64.b64encode(picture.content).decode()}"
    return f'<img src="{source}" alt="{escape(words)}" style="max-width:100%;margin:.25em 0">'
