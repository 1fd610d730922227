"""Blocks -> Markdown that is the same everywhere: on GitHub, in JupyterLab, through nbconvert.

No raw HTML stands outside of code, nothing is loaded, and every letter that could mean something is escaped. That is so for each line
alone, whatever else stands around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .blocks import Block, Code, Heading, Item, Items, Prose, Reasoning, Table, Tone, Tool, Words
from .prose.allowance import Allowance
from .prose.columns import columns
from .prose.markdown import escaped, fenced, headline, nodes, paragraph, quoted
from .prose.parser import read
from .prose.tree import Break, Inline, Text


def written(blocks: Iterable[Block], allowance: Allowance) -> str:
    """Blocks as Markdown."""
    return "\n\n".join(piece for block in blocks if (piece := write(block, allowance)))


def write(block: Block, left: Allowance) -> str:
    """One block."""
    match block:
        case Heading(words, level, detail):
            return headline(level, escaped(f"{words} ({detail})" if detail else words))
        case Prose(words):
            return nodes(read(words, left))
        case Reasoning(words):
            return quoted(nodes(read(words, left)))
        case Words():
            return _words(block)
        case Tool():
            return "\n\n".join(_tool(block))
        case Table():
            return nodes((columns(block),))
        case _:
            return _plain(block)


def _words(block: Words) -> str:
    """On one line for each of the words' own."""
    name = f"**{escaped(block.name)}**: " if block.name else ""
    words = name + paragraph(lines(block.text))
    if block.tone is Tone.FAULT:
        return quoted(words)
    return words


def lines(words: str) -> tuple[Inline, ...]:
    """Plain words, with their lines kept."""
    pieces: list[Inline] = []
    for line in words.strip().splitlines():
        pieces += (Text(line), Break(hard=True))
    return tuple(pieces[:-1])


def _tool(block: Tool) -> Iterator[str]:
    title = " ".join(f"{block.title} {block.outcome}".split())
    yield f"**{escaped(block.name)}** {escaped(title)}".strip()
    yield from filter(None, map(_plain, block.inside))
    if block.error:
        yield quoted(paragraph(lines(block.error)))


def _plain(block: Code | Items) -> str:
    if isinstance(block, Code):
        return fenced(block.text, block.language)
    return "\n".join(f"- {_item(item)}" for item in block.items)


def _item(item: Item) -> str:
    mark = "" if item.mark == "•" else f"{item.mark} "
    words = " ".join(f"{mark}{item.text}".split())
    return escaped(words) + (f" · {escaped(' '.join(item.detail.split()))}" if item.detail else "")
