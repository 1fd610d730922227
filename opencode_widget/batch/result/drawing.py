"""A batch as a cell shows it: the answers to a prompt side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.render.blocks import Block, Cell, Heading, Span, Table, Tone, Words, shortened
from .differences import marked
from .rows import BatchRow

# What is shown of a batch; `to_frame` has all of it.
PROMPTS, ANSWERS = 25, 8
# Characters of a prompt, of an answer beside others, and of one where there is one prompt only.
PROMPT, ANSWER, ALONE = 500, 1_500, 6_000


def side_by_side(title: str, groups: Sequence[Sequence[BatchRow]]) -> Iterator[Block]:
    """The rows: a line a prompt, and the answers to it beside one another.

    Args:
        title: stands above them.
        groups: the rows of each prompt.
    """
    yield Heading(title)
    if len(groups) == 1:
        yield Words(shortened(groups[0][0].prompt, PROMPT), name="Prompt")
        yield Table(_titles(groups[0]), (_answers(groups[0], ALONE),))
        shown: Sequence[Sequence[BatchRow]] = groups
    else:
        shown = groups[:PROMPTS]
        widest = max(shown, key=len)
        yield Table(
            ("Prompt", *_titles(widest)), tuple((_prompt(group[0]), *_answers(group, ANSWER)) for group in shown)
        )
    if len(groups) > PROMPTS or any(len(group) > ANSWERS for group in shown):
        yield Words("The rest is not shown here: table.to_frame() has all rows.", Tone.QUIET)


def _titles(rows: Sequence[BatchRow]) -> tuple[str, ...]:
    """What tells the answers to a prompt apart."""
    if len(rows) == 1:
        return ("Answer",)
    different = [name for name in ("model", "agent", "repeat") if len({getattr(row, name) for row in rows}) > 1] or [
        "model"
    ]
    return tuple(" · ".join(_label(row, name) for name in different) for row in rows[:ANSWERS])


def _label(row: BatchRow, name: str) -> str:
    if name == "repeat":
        return f"#{row.repeat}"
    return str(getattr(row, name) or f"the server's {name}")


def _prompt(row: BatchRow) -> Cell:
    return Cell((Span(shortened(row.prompt, PROMPT)),))


def _answers(rows: Sequence[BatchRow], bound: int) -> tuple[Cell, ...]:
    shown = rows[:ANSWERS]
    texts = marked([shortened(row.text, bound) for row in shown])
    return tuple(Cell(spans, _facts(row)) for row, spans in zip(shown, texts, strict=True))


def _facts(row: BatchRow) -> str:
    cost = f"${row.cost:.4f}" if row.cost else ""
    facts = " · ".join(filter(None, (cost, f"{row.seconds:.1f} s", f"{row.tokens:,} tokens", row.tools)))
    return facts if row.error is None else f"Failed: {row.error}\n{facts}"
