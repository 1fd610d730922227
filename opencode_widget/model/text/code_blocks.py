"""The blocks of code in a Markdown text, as its author fenced them."""

from __future__ import annotations

from typing import NamedTuple


class CodeBlock(NamedTuple):
    """A block of code.

    Attributes:
        text: the code, without its fences.
        language: as the author named it, such as "python"; "" if not.
    """

    text: str
    language: str = ""


def code_blocks(markdown: str) -> list[CodeBlock]:
    """The fenced blocks of a text, in order, with those in quotes and lists."""
    # Imported when it is asked for: the library would slow down every start.
    from ..render.prose.parser import fences

    return [CodeBlock(text, info.split(maxsplit=1)[0] if info.strip() else "") for text, info in fences(markdown)]
