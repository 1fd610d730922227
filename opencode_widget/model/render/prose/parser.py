"""Markdown -> the tree of `tree.py`, with markdown-it-py.

The parser takes what it must from the text; what the tree has no node for becomes words here: raw HTML is text to the parser already, a
picture becomes a link, an address that is not allowed is written beside the words of its link, a box of a task list is a letter.

The cost is bounded: a document may take so many steps of the parser, lines and characters; text beyond that is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.hr import hr
from markdown_it.rules_block.table import table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ...text.well_formed import well_formed
from .allowance import Allowance
from .formulas import formula
from .inline import read_inline
from .tree import Align, CodeBlock, CodeSpan, Headline, Inline, ListOf, Node, Paragraph, Quote, Rule, Table, Text

# Levels of blocks within each other: a quote is one, a list two. The parser itself drops what is deeper than its bound, which stands a
# little higher, so that a list that begins at our last level is still within it.
DEEPEST = 30
NESTING = DEEPEST + 4
# Characters of a line that is a rule, such as `---`.
RULE = 1_000
# Columns of a table: rows that are shorter are filled up.
COLUMNS = 64
# A language is named so that a host may colour the code. A host may also run some (`{code-cell}`), draw them (`mermaid`) or load what
# they name (`{image}`): only names of languages pass.
_LANGUAGES = """
ada asm awk bash bat batch c cc clojure cmake cobol coffeescript console cpp cs csharp css csv cxx cython d dart diff
docker dockerfile elixir elm erlang f90 fish fortran fsharp go graphql groovy h haskell hcl hpp hs htm html http ini
ipython java javascript js json json5 jsonc jsonl jsx julia kotlin kt latex less lisp log lua makefile markdown matlab
md mysql nginx nim nix objc objectivec ocaml octave pascal patch perl php pl plain plaintext postgres powershell ps1
proto protobuf ps py pycon python python3 r rb regex rs rst ruby rust sas scala scheme scss sed sh shell shellsession
solidity sql stata svelte swift tcl terraform tex text toml ts tsv tsx txt typescript vb verilog vhdl vim vue wasm xml
yaml yml zig zsh
"""
LANGUAGES = frozenset(_LANGUAGES.split())


class _Parser(MarkdownIt):
    """To the parser every address is a link: which of them are, the tree says. The words of an address are the address."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        return True

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser's own name
        return link


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables and struck words, without HTML."""
    return _made()


@cache
def _block_parser() -> MarkdownIt:
    """The same, for the blocks alone: what is within a line is not read, so that a text of any length costs little."""
    return _made().disable("inline")


def _made() -> MarkdownIt:
    made = _Parser("commonmark", {"html": False, "maxNesting": NESTING}).enable(["table", "strikethrough"])
    made.inline.ruler.before("text", "allowance", _step)
    made.inline.ruler.before("escape", "formula", formula)
    made.block.ruler.at("table", _narrow_table, {"alt": ["paragraph", "reference"]})
    made.block.ruler.at("hr", _short_hr, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    made.block.ruler.before("table", "deep", _deep)
    return made


def read(text: str, allowance: Allowance) -> tuple[Node, ...]:
    """The tree of a text; of one that would cost too much: the text as it was written."""
    if not allowance.takes(text):
        return (CodeBlock(text),)
    env = {"allowance": allowance}
    reader = _Reader(allowance)
    for token in parser().parse(well_formed(text), env):
        reader.take(token)
    return tuple(reader.frames[0].nodes)


def fences(text: str) -> list[tuple[str, str]]:
    """The fenced blocks of code in a text, whole, each with the words behind its first fence."""
    tokens = _block_parser().parse(well_formed(text))
    return [(token.content.removesuffix("\n"), token.info.strip()) for token in tokens if token.type == "fence"]


# ---- rules of the parser ----------------------------------------------------------------------------------------------


def _step(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    """Asked first at each step: where nothing is left, the rest of the paragraph is text."""
    if cast(Allowance, state.env["allowance"]).step(state.src[state.pos]):
        return False
    if not silent:
        state.pending += state.src[state.pos : state.posMax]
    state.pos = state.posMax
    return True


def _deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    """What is nested too deep is shown as it was written: no word of it is lost."""
    if silent or state.level < DEEPEST:
        return False
    indents = state.sCount
    outside = (line for line in range(start, end) if not state.isEmpty(line) and indents[line] < state.blkIndent)
    state.line = next(outside, end)
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, state.line, state.blkIndent, keepLastLF=False)
    return True


def _short_hr(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    """The parser looks at each sign of such a line, at each level again."""
    return state.eMarks[start] - state.bMarks[start] <= RULE and hr(state, start, end, silent)


def _narrow_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    head = state.src[state.bMarks[start] : state.eMarks[start]]
    return head.count("|") <= COLUMNS and table(state, start, end, silent)


# ---- tokens -> tree ---------------------------------------------------------------------------------------------------

# What opens a frame, and what is made of it when it closes.
CONTAINERS = {"blockquote", "bullet_list", "ordered_list", "list_item", "table"}
_BOX = re.compile(r"\[([ xX])\](?=\s)")
_DISPLAYED = ("$$", "\\[", "\\begin{")


@dataclass(slots=True)
class _Frame:
    """A block that is open. `items` are those of a list, `rows` and `align` those of a table."""

    nodes: list[Node] = field(default_factory=list)
    start: int | None = None
    tight: bool = True
    items: list[tuple[Node, ...]] = field(default_factory=list)
    align: list[Align] = field(default_factory=list)
    rows: list[list[tuple[Inline, ...]]] = field(default_factory=list)


class _Reader:
    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.frames = [_Frame()]
        # The paragraph, headline or cell whose inline token comes next.
        self.opened: Token | None = None

    def take(self, token: Token) -> None:
        """Bring one token in."""
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if token.type in LEAVES:
            self.frames[-1].nodes.append(LEAVES[token.type](token))
        elif token.type == "inline":
            self._inline(read_inline(token.children or (), self.allowance))
        elif kind in CONTAINERS:
            self._container(kind, token)
        elif token.type == "tr_open":
            self.frames[-1].rows.append([])
        elif token.nesting > 0:
            self.opened = token

    def _container(self, kind: str, token: Token) -> None:
        if token.nesting > 0:
            start = int(token.attrs.get("start", 1)) if kind == "ordered_list" else None
            self.frames.append(_Frame(start=start))
        else:
            CLOSERS[kind](self.frames.pop(), self.frames[-1])

    def _inline(self, inside: tuple[Inline, ...]) -> None:
        assert self.opened is not None
        frame, kind = self.frames[-1], self.opened.type
        if kind in ("th_open", "td_open"):
            frame.rows[-1].append(inside)
            if kind == "th_open":
                frame.align.append(_align(self.opened))
        elif kind == "heading_open":
            frame.nodes.append(Headline(int(self.opened.tag[1:]), inside))
        else:
            frame.tight = frame.tight and self.opened.hidden
            frame.nodes += _paragraph(inside)


def _paragraph(inside: tuple[Inline, ...]) -> Iterator[Node]:
    """A paragraph; a formula that stands alone is a block of code."""
    if len(inside) == 1 and isinstance(inside[0], CodeSpan) and inside[0].text.startswith(_DISPLAYED):
        yield CodeBlock(inside[0].text, "latex")
    elif inside:
        yield Paragraph(inside)


def _align(cell: Token) -> Align:
    side = str(cell.attrs.get("style", "")).removeprefix("text-align:")
    return cast(Align, side) if side in ("left", "center", "right") else ""


def _code(token: Token) -> CodeBlock:
    named = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
    return CodeBlock(token.content, named if named in LANGUAGES else "")


def _close_quote(frame: _Frame, outer: _Frame) -> None:
    outer.nodes.append(Quote(tuple(frame.nodes)))


def _close_list(frame: _Frame, outer: _Frame) -> None:
    outer.nodes.append(ListOf(frame.start, frame.tight, tuple(frame.items)))


def _close_item(frame: _Frame, outer: _Frame) -> None:
    outer.items.append(tuple(_with_box(frame.nodes)))
    outer.tight = outer.tight and frame.tight


def _close_table(frame: _Frame, outer: _Frame) -> None:
    outer.nodes.append(Table(tuple(frame.align), tuple(tuple(row) for row in frame.rows)))


def _with_box(nodes: list[Node]) -> list[Node]:
    """The box of a task as a letter: GitHub and JupyterLab would make a form's field of it."""
    if not (nodes and isinstance(first := nodes[0], Paragraph) and isinstance(text := first.inside[0], Text)):
        return nodes
    box = _BOX.match(text.text)
    if box is None:
        return nodes
    letter = "☐" if box[1] == " " else "☑"
    return [replace(first, inside=(Text(letter + text.text[box.end() :]), *first.inside[1:])), *nodes[1:]]


LEAVES: dict[str, Callable[[Token], Node]] = {
    "fence": _code,
    "code_block": _code,
    "hr": lambda token: Rule(),
}
CLOSERS: dict[str, Callable[[_Frame, _Frame], None]] = {
    "blockquote": _close_quote,
    "bullet_list": _close_list,
    "ordered_list": _close_list,
    "list_item": _close_item,
    "table": _close_table,
}
