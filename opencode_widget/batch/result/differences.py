"""What differs between answers to one prompt: words, or lines where there are many words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ...model.render.blocks import Span

# Pieces that are compared; the comparison takes their square in time.
PIECES = 300
WORDS = re.compile(r"\s+|\S+")


def marked(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """Answers with their differences marked: of the first, what any other lacks; of the others, what the first lacks."""
    if len(texts) < 2:
        return [(Span(text),) for text in texts]
    split = _words if all(len(_words(text)) <= PIECES for text in texts) else _lines
    first, *others = (split(text) for text in texts)
    lacking: set[int] = set()
    spans: list[tuple[Span, ...]] = []
    for other in others:
        mine, theirs = _different(first, other)
        lacking |= mine
        spans.append(_spans(other, theirs))
    return [_spans(first, lacking), *spans]


def _words(text: str) -> list[str]:
    return WORDS.findall(text)


def _lines(text: str) -> list[str]:
    found = text.splitlines(keepends=True)
    return found if len(found) <= PIECES else [*found[:PIECES], "".join(found[PIECES:])]


def _different(first: list[str], other: list[str]) -> tuple[set[int], set[int]]:
    """The places of the pieces that are only in the one, and only in the other."""
    mine, theirs = set(range(len(first))), set(range(len(other)))
    for block in SequenceMatcher(None, first, other, autojunk=False).get_matching_blocks():
        mine.difference_update(range(block.a, block.a + block.size))
        theirs.difference_update(range(block.b, block.b + block.size))
    return mine, theirs


def _spans(pieces: list[str], differs: set[int]) -> tuple[Span, ...]:
    """Pieces joined as far as they are marked alike; white space is never marked."""
    spans: list[Span] = []
    for place, piece in enumerate(pieces):
        is_marked = place in differs and not piece.isspace()
        if spans and spans[-1].differs is is_marked:
            spans[-1] = Span(spans[-1].text + piece, is_marked)
        else:
            spans.append(Span(piece, is_marked))
    return tuple(spans)
