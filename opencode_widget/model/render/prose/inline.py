"""The parser's tokens within a paragraph -> the inline nodes of `tree.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from .address import LONGEST, is_allowed, short
from .allowance import Allowance
from .tree import Break, CodeSpan, Inline, Link, Mark, Marked, Text, words_of

# Marks within each other; those within more are left out.
DEEPEST = 16
MARKS: dict[str, Mark] = {"em_open": "em", "strong_open": "strong", "s_open": "s"}
# What stands in a text and is more than letters: an address, and the one tag that models use where Markdown has no other way.
_SPECIAL = re.compile(r"(?P<address>https?://[^\s<>\"'`]+)|(?P<line><br ?/?>)", re.IGNORECASE)
_TAIL = ".,:;!?)]}*_~|"
# How far the end of an address is looked at.
TAIL = 50


@dataclass(slots=True)
class _Frame:
    """What is open: a mark, a link, or (the outermost) the paragraph."""

    mark: Mark | None = None
    address: str | None = None
    inside: list[Inline] = field(default_factory=list)


def read_inline(tokens: Sequence[Token], allowance: Allowance) -> tuple[Inline, ...]:
    """The nodes of one paragraph, headline or cell."""
    reader = _Reader(allowance)
    for token in tokens:
        reader.take(token)
    return _merged(reader.frames[0].inside)


class _Reader:
    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.frames = [_Frame()]

    def take(self, token: Token) -> None:
        """Bring one token in."""
        if token.nesting > 0:
            address = str(token.attrs.get("href", "")) if token.type == "link_open" else None
            self.frames.append(_Frame(MARKS.get(token.type), address))
        elif token.nesting < 0:
            self._close(self.frames.pop())
        else:
            self.frames[-1].inside += self._leaf(token)

    def _leaf(self, token: Token) -> Iterator[Inline]:
        if token.type == "code_inline":
            yield CodeSpan(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            yield Break(token.type == "hardbreak")
        elif token.type == "image":
            yield from self._image(token)
        elif self._in_link():
            yield Text(token.content)
        else:
            yield from _text(token.content, self.allowance)

    def _close(self, frame: _Frame) -> None:
        outer = self.frames[-1].inside
        if frame.address is not None:
            outer += _linked(frame.address, _merged(frame.inside))
        elif frame.mark is not None and self._may_mark(frame):
            outer.append(Marked(frame.mark, _merged(frame.inside)))
        else:
            outer += frame.inside

    def _may_mark(self, frame: _Frame) -> bool:
        """A mark within itself says nothing, nor does one around nothing."""
        is_new = len(self.frames) <= DEEPEST and all(outer.mark != frame.mark for outer in self.frames)
        return is_new and not words_of(tuple(frame.inside)).isspace()

    def _in_link(self) -> bool:
        return any(frame.address is not None for frame in self.frames)

    def _image(self, token: Token) -> Iterator[Inline]:
        """A picture would be fetched by whoever looks: it is a link, and where it stands in one, its words."""
        words = f"Image: {token.content}" if token.content else "Image"
        if self._in_link():
            yield Text(words)
        else:
            yield from _linked(str(token.attrs.get("src", "")), (Text(words),))


def _merged(inside: list[Inline]) -> tuple[Inline, ...]:
    """The same, with texts that stand side by side as one: what has to be escaped may reach from one into the next."""
    merged: list[Inline] = []
    for is_text, group in groupby(inside, lambda item: isinstance(item, Text)):
        run = tuple(group)
        merged += (Text(words_of(run)),) if is_text else run
    return tuple(merged)


def _linked(address: str, inside: tuple[Inline, ...]) -> Iterator[Inline]:
    """A link; where its address is not allowed: its words, and the address as code beside them."""
    if is_allowed(address):
        yield Link(address, inside or (Text(short(address)),))
        return
    yield from inside
    if address and address != words_of(inside):
        yield Text(" (" if inside else "(")
        yield CodeSpan(short(address))
        yield Text(")")


def _text(text: str, allowance: Allowance) -> Iterator[Inline]:
    """Letters, in which an address is a link to itself."""
    at = 0
    for found in _SPECIAL.finditer(text):
        piece = Break(hard=True) if found["line"] else _bare(found["address"], allowance)
        if piece is None:
            continue
        if at < found.start():
            yield Text(text[at : found.start()])
        yield piece
        at = found.end() if isinstance(piece, Break) else found.start() + len(words_of(piece.inside))
    if at < len(text):
        yield Text(text[at:])


def _bare(written: str, allowance: Allowance) -> Link | None:
    if len(written) > LONGEST or not allowance.link():
        return None
    words = written[:-TAIL] + written[-TAIL:].rstrip(_TAIL)
    address = normalizeLink(words)
    return Link(address, (Text(words),)) if is_allowed(address) else None
