"""Blocks -> text, for whoever has neither HTML nor Markdown. What cannot be seen is drawn; Markdown stands as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .blocks import Block, Code, Heading, Item, Items, Prose, Reasoning, Table, Tool, Words
from .visible import one_line, visible


def written(blocks: Iterable[Block]) -> str:
    """Blocks as text; a message stands right below the name of its author."""
    pieces = (f"{piece}\n" if _is_speaker(block) else f"{piece}\n\n" for block in blocks if (piece := write(block)))
    return "".join(pieces).removesuffix("\n").removesuffix("\n")


def _is_speaker(block: Block) -> bool:
    return isinstance(block, Heading) and block.level > 1


def write(block: Block) -> str:
    """One block."""
    match block:
        case Heading(words, level, detail):
            line = one_line(f"{words} ({detail})" if detail else words)
            return line if level == 1 or not line else f"{line}:"
        case Prose(words) | Reasoning(words) | Code(words):
            return visible(words).strip()
        case Words():
            return visible(f"{block.name}: {block.text}" if block.name else block.text)
        case Items():
            return "\n".join(_item(item) for item in block.items)
        case Table():
            return "\n\n".join(_cells(block))
        case _:
            return "\n".join(_tool(block))


def _tool(block: Tool) -> Iterator[str]:
    yield one_line(f"[{block.name}] {block.title} {block.outcome}")
    for item in block.inside:
        yield from (f"    {line}" for line in write(item).splitlines())
    if block.error:
        yield visible(block.error)


def _cells(block: Table) -> Iterator[str]:
    for row in block.rows:
        for title, cell in zip(block.head, row, strict=False):
            words = "".join(span.text for span in cell.spans)
            yield visible("\n".join(filter(None, (f"{one_line(title)}:", words, cell.detail))))


def _item(item: Item) -> str:
    return one_line(f"{item.mark} {item.text}{f' · {item.detail}' if item.detail else ''}")
