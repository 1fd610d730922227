"""The tree of a Markdown text -> HTML."""

from __future__ import annotations

from ..elements import Html, Style, element, glued, text, verbatim
from .address import short
from .tree import (
    Align,
    Break,
    CodeBlock,
    CodeSpan,
    Headline,
    Inline,
    ListOf,
    Marked,
    Node,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
    words_of,
)

Row = tuple[tuple[Inline, ...], ...]
CELLS: dict[Align, Style] = {
    "": Style.CELL,
    "left": Style.CELL_LEFT,
    "center": Style.CELL_CENTER,
    "right": Style.CELL_RIGHT,
}


def nodes(tree: tuple[Node, ...]) -> Html:
    """All blocks of a tree."""
    return glued(*(block(node) for node in tree))


def inlines(inside: tuple[Inline, ...]) -> Html:
    """What stands within a line."""
    return glued(*(inline(item) for item in inside))


# ---- within a line ----------------------------------------------------------------------------------------------------


def inline(item: Inline) -> Html:
    """One inline node."""
    match item:
        case Text(words):
            return text(words)
        case CodeSpan(words):
            return element("code", Style.CODE, verbatim(words))
        case Break(hard):
            return Html("<br>" if hard else "\n")
        case Marked(mark, inside):
            return element(mark, None, inlines(inside))
        case _:
            return _link(item.address, item.inside)


def _link(address: str, inside: tuple[Inline, ...]) -> Html:
    """Where a link goes is read, not guessed: its address stands behind the words, unless they are the address."""
    link = element("a", None, inlines(inside), href=address, title=address, target="_blank")
    if words_of(inside) == address:
        return link
    return glued(link, element("span", Style.QUIET, text(f" ({short(address)})")))


# ---- blocks -----------------------------------------------------------------------------------------------------------


def block(node: Node) -> Html:
    """One block."""
    match node:
        case Paragraph(inside):
            return element("p", Style.PARAGRAPH, inlines(inside), dir="auto")
        case Headline(level, inside):
            return headline(level + 2, inlines(inside))
        case Quote(tree):
            return element("blockquote", Style.QUOTE, nodes(tree))
        case ListOf():
            return _list(node)
        case CodeBlock(words):
            return code(words)
        case Rule():
            return Html(f'<hr style="{Style.RULE}">')
        case _:
            return _table(node)


def headline(level: int, words: Html) -> Html:
    """A headline; the two largest are the document's own."""
    return element(f"h{min(level, 6)}", Style.HEADLINE, words, dir="auto")


def code(words: str) -> Html:
    """A block of code."""
    return element("pre", Style.PRE, verbatim(words.rstrip("\n")))


def _list(node: ListOf) -> Html:
    items = (element("li", None, _item(tree, tight=node.tight), dir="auto") for tree in node.items)
    if node.start is None:
        return element("ul", Style.LIST, *items)
    return element("ol", Style.LIST, *items, start="" if node.start == 1 else str(node.start))


def _item(tree: tuple[Node, ...], *, tight: bool) -> Html:
    return glued(*(inlines(node.inside) if tight and isinstance(node, Paragraph) else block(node) for node in tree))


def _table(node: Table) -> Html:
    head, *rows = (_row(node, row, "th" if number == 0 else "td") for number, row in enumerate(node.rows))
    drawn = element("table", Style.TABLE, element("thead", None, head), element("tbody", None, *rows))
    return element("div", Style.SCROLL, drawn)


def _row(node: Table, row: Row, tag: str) -> Html:
    cells = zip(node.align, row, strict=False)
    return element("tr", None, *(element(tag, CELLS[align], inlines(cell)) for align, cell in cells))
