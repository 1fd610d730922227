"""The tree of a Markdown text -> Markdown, escaped for hosts that know more than CommonMark.

Beside CommonMark and GitHub's tables, hosts read formulas, before they look for anything else and again in what was drawn (JupyterLab,
GitHub, nbconvert); directives and roles (MyST); attributes (Pandoc, kramdown); templates. So dollars and backslashes stand in code alone,
braces are escaped, and a block of code is fenced by backticks and names a language that is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import indent

from ..visible import visible
from .address import host_of, is_misleading
from .tree import (
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

# No escape makes a formula's signs safe in every host: a word that has one stands in code.
_WORD = re.compile(r"[^\s`]+")
# nbconvert takes these for the beginning of a formula even in a span of code, and the next ones, wherever they are, for its end: fences
# between them are lost, and what was code is HTML. A space within them is no other formula to TeX.
_OPENS = re.compile(r"\$(?=\$)|\\\\(?=[\[(])|\\begin(?=\{)")
_SPECIAL = re.compile(
    r"[*~{}<`|]"
    r"|&(?=[#a-z0-9])"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|\](?=$|[(\[:{])|(?<=\])\(|^\["
    r"|!(?=$|\[)"
    r"|:(?=//)|(?<=xmpp):|(?<=mailto):",
    re.IGNORECASE,
)
_ENTITIES = {"<": "&lt;", "&": "&amp;", "`": "&#96;"}
_LINE_START = re.compile(r"^([#+=>:|%-]|\d{1,9}(?=[.)]))", re.MULTILINE)
# A bar within a cell: also in code it ends the cell, unless it is escaped.
_PIPE = re.compile(r"(?<!\\)\|")
_TICKS = re.compile("`+")
_MARKS = {"em": "*", "strong": "**", "s": "~~"}


# ---- within a line ----------------------------------------------------------------------------------------------------


def escaped(words: str) -> str:
    """Words on one line, as they are read: nothing in them has a meaning. No host makes a link of an address in them."""
    written: list[str] = []
    at = 0
    shown = visible(words.replace("\n", " "))
    for found in _WORD.finditer(shown):
        word = found[0].rstrip(".,;:!?")
        if "$" in word or "\\" in word:
            written += (_SPECIAL.sub(_escape, shown[at : found.start()]), code_span(word))
            at = found.start() + len(word)
    return "".join((*written, _SPECIAL.sub(_escape, shown[at:])))


def _escape(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], f"\\{found[0]}")


def code_span(words: str) -> str:
    """Words in a fixed width, between more backticks than stand in them."""
    shown = _OPENS.sub(r"\g<0> ", visible(words.replace("\n", " ")))
    ticks = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    edge = " " if shown[:1] in ("`", " ", "") or shown[-1:] in ("`", " ") else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def inlines(inside: Iterable[Inline], line: str = "\n") -> str:
    """What stands within a paragraph; `line` ends its lines."""
    return "".join(_inline(item, line) for item in inside)


def _inline(item: Inline, line: str) -> str:
    match item:
        case Text(words):
            return escaped(words)
        case CodeSpan(words):
            return code_span(words)
        case Break(hard):
            return f"\\{line}" if hard and line == "\n" else line
        case Marked(mark, inside):
            return f"{_MARKS[mark]}{inlines(inside, line)}{_MARKS[mark]}"
        case _:
            return _link(item.address, item.inside, line)


def _link(address: str, inside: tuple[Inline, ...], line: str) -> str:
    words = words_of(inside)
    beside = f" ({host_of(address)})" if is_misleading(words, address) else ""
    return f"[{inlines(inside, line)}]({destination(address)}){escaped(beside)}"


def destination(address: str) -> str:
    """An address that no host reads as anything else."""
    return re.sub(r"[$()*'|]", lambda found: f"%{ord(found[0]):02X}", address).replace("&", "&amp;")


def paragraph(inside: Iterable[Inline]) -> str:
    """A paragraph: no line of it begins a block, and its last one does not end in a break."""
    lines = (line.strip() for line in inlines(inside).split("\n"))
    kept = "\n".join(line for line in lines if line not in ("", "\\"))
    return _LINE_START.sub(_escape_start, kept.removesuffix("\\"))


def _paragraphs(inside: tuple[Inline, ...]) -> Iterator[str]:
    """A paragraph; code in it that cannot stand within a line as it is stands between two paragraphs."""
    for alone, run in groupby(inside, _stands_alone):
        if alone:
            yield from (fenced(words_of((item,))) for item in run)
        else:
            yield paragraph(run)


def _stands_alone(item: Inline) -> bool:
    return isinstance(item, CodeSpan) and _OPENS.search(item.text) is not None


def _escape_start(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def headline(level: int, words: str) -> str:
    """A headline on one line; signs at its end would close it."""
    line = " ".join(words.split())
    if line.endswith("#"):
        line = f"{line[:-1]}\\#"
    return f"{'#' * min(level, 6)} {line}" if line else ""


# ---- blocks -----------------------------------------------------------------------------------------------------------


def nodes(tree: Iterable[Node]) -> str:
    """All blocks of a tree."""
    return "\n\n".join(filter(None, _blocks(tree)))


def _blocks(tree: Iterable[Node]) -> Iterator[str]:
    """Two lists side by side have other markers, or they would be one."""
    other = False
    before: Node | None = None
    for node in tree:
        other = _is_continued(before, node) and not other
        yield block(node, other=other)
        before = node


def _is_continued(before: Node | None, node: Node) -> bool:
    if not (isinstance(before, ListOf) and isinstance(node, ListOf)):
        return False
    return (before.start is None) == (node.start is None)


def block(node: Node, *, other: bool = False) -> str:
    """One block; `other`: a list before it has the usual marker."""
    match node:
        case Paragraph(inside):
            return "\n\n".join(filter(None, _paragraphs(inside)))
        case Headline(level, inside):
            return headline(level + 2, inlines(inside, " "))
        case Quote(tree):
            return quoted(nodes(tree))
        case ListOf():
            return _list(node, other=other)
        case CodeBlock(words, language):
            return fenced(words, language)
        case Rule():
            return "***"
        case _:
            return _table(node)


def fenced(words: str, language: str = "") -> str:
    """A block of code whose fence is longer than any run of backticks in it."""
    shown = visible(words).strip("\n")
    fence = "`" * max(3, max(map(len, _TICKS.findall(shown)), default=0) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def quoted(written: str) -> str:
    """Markdown as a quote."""
    return "\n".join(f"> {line}" if line else ">" for line in written.split("\n")) if written else ""


def _list(node: ListOf, *, other: bool) -> str:
    tight = node.tight and all(_is_short(tree) for tree in node.items)
    lines = "\n" if tight else "\n\n"
    return lines.join(_item(tree, _marker(node, number, other=other), lines) for number, tree in enumerate(node.items))


def _is_short(tree: tuple[Node, ...]) -> bool:
    """May what is in an item stand without empty lines around it?"""
    return all(
        not any(map(_stands_alone, node.inside))
        if isinstance(node, Paragraph)
        else isinstance(node, ListOf) and node.start in (None, 1)
        for node in tree
    )


def _marker(node: ListOf, number: int, *, other: bool) -> str:
    if node.start is None:
        return "* " if other else "- "
    return f"{min(node.start + number, 999_999_999)}{')' if other else '.'} "


def _item(tree: tuple[Node, ...], marker: str, lines: str) -> str:
    written = lines.join(filter(None, _blocks(tree)))
    return (marker + indent(written, " " * len(marker)).lstrip()).rstrip()


def _table(node: Table) -> str:
    rules = {"": "---", "left": ":---", "center": ":---:", "right": "---:"}
    head, *rows = node.rows
    return "\n".join((_row(head), f"| {' | '.join(rules[align] for align in node.align)} |", *map(_row, rows)))


def _row(row: tuple[tuple[Inline, ...], ...]) -> str:
    cells = (_PIPE.sub(r"\|", " ".join(inlines(cell, " ").split())) for cell in row)
    return f"| {' | '.join(cells)} |"
