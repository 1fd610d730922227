"""Blocks -> HTML, ready to be the output of a cell or a file of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .blocks import (
    CUT,
    FILE_BYTES,
    Block,
    Code,
    Heading,
    Item,
    Items,
    Prose,
    Reasoning,
    Table,
    Tone,
    Tool,
    Words,
    within,
)
from .elements import UNTOUCHED, Html, Style, element, glued, text, verbatim
from .output_budget import OUTPUT, fitted
from .prose import html
from .prose.allowance import Allowance
from .prose.columns import columns
from .prose.parser import read
from .sanitize import sanitized

# What the Markdown of a cell's output may cost: characters, lines, steps of the parser.
ALLOWANCE = (200_000, 2_000, 6_000)


def output(blocks: Sequence[Block], allowance: Allowance | None = None, *, room: int = OUTPUT) -> Html:
    """The last of the blocks as a cell's output, as many as there is room for."""
    left = Allowance(*ALLOWANCE) if allowance is None else allowance
    return _framed(draw(block, left) for block in fitted(blocks, room))


def document(title: str, blocks: Iterable[Block], allowance: Allowance) -> str:
    """Blocks as a file; it may also stand within a page."""
    body = _framed(within(FILE_BYTES, (draw(block, allowance) for block in blocks), draw(CUT, allowance)))
    return f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>{text_only(title)}</title>\n{body}\n'


def _framed(drawn: Iterable[str]) -> Html:
    return sanitized(Html(f'<div class="{UNTOUCHED}" style="{Style.FRAME}" dir="auto">{"".join(drawn)}</div>'))


def enclosed(name: str, drawn: Iterable[str]) -> Html:
    """Outputs in one element of this class, by which a page finds them; `name` is ours, and has no character that means anything."""
    return Html(f'<div class="{text_only(name)}">{"".join(drawn)}</div>')


def text_only(words: str) -> Html:
    """Words where no element may stand."""
    return verbatim(" ".join(words.split()))


def draw(block: Block, left: Allowance) -> Html:
    """One block."""
    match block:
        case Heading():
            return _heading(block)
        case Prose(words, by_user):
            style = Style.USER if by_user else Style.AGENT
            return element("div", style, html.nodes(read(words, left)), dir="auto")
        case Reasoning(words):
            inside = element("div", Style.INSIDE, html.nodes(read(words, left)))
            return _fold(element("span", Style.QUIET, text("Reasoning")), inside)
        case Words():
            return _words(block)
        case Tool():
            return _tool(block)
        case Table():
            return html.block(columns(block))
        case _:
            return _plain(block)


def _heading(block: Heading) -> Html:
    style = Style.TITLE if block.level == 1 else Style.SPEAKER
    return element("div", style, *_named(block.text, block.detail))


def _named(words: str, detail: str) -> Iterable[Html]:
    """Words, and beside them less loud ones; each keeps its own direction."""
    yield element("bdi", None, text(words))
    if detail:
        yield element("span", Style.QUIET, Html(" · "), element("bdi", None, text(detail)))


def _words(block: Words) -> Html:
    name = element("strong", None, text(f"{block.name}: ")) if block.name else Html("")
    style = Style.FAULT if block.tone is Tone.FAULT else Style.LINE
    words = element("div", style, name, text(block.text), dir="auto")
    return element("div", Style.QUIET, words) if block.tone is Tone.QUIET else words


def _tool(block: Tool) -> Html:
    named = _named(f"{block.name} {block.outcome}".strip(), block.title)
    error = (element("div", Style.FAULT, text(block.error), dir="auto"),) if block.error else ()
    if not block.inside:
        return glued(element("div", Style.FOLD, *named), *error)
    inside = element("div", Style.INSIDE, *(_plain(item) for item in block.inside))
    return glued(_fold(glued(*named), inside), *error)


def _fold(summary: Html, inside: Html) -> Html:
    return element("details", Style.FOLD, element("summary", Style.FOLDED, summary), inside)


def _plain(block: Code | Items) -> Html:
    if isinstance(block, Code):
        return html.code(block.text)
    return element("ul", Style.ITEMS, *(_item(item) for item in block.items))


def _item(item: Item) -> Html:
    return element("li", None, text(f"{item.mark} "), *_named(item.text, item.detail))
