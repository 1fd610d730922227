"""What the steps of a session took: tokens, cost and seconds, as numbers and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from ..model.entities import Role, Tokens
from ..model.render.blocks import Block, Item, Words, listed
from ..model.render.rich import Rich
from ..model.state import Message
from ..model.text.brief import counted
from .frames import Library, frame


@dataclass(frozen=True, slots=True)
class Step:
    """One message of an agent: what a model was asked for once.

    Attributes:
        time: when it began, in UTC.
        model: "provider/id"; None where the server does not say.
        agent: the name of the agent; None where the server does not say.
        input: tokens that the model read, without those of the cache.
        output: tokens that it wrote.
        reasoning: tokens that it wrote for itself.
        cached: tokens that it read from the provider's cache.
        cache_write: tokens that were written to that cache.
        cost: in dollars; None where the server does not say.
        seconds: from its begin to its end; None while it runs.
        tools: the tools that it called, in order, with commas between them.
    """

    time: datetime
    model: str | None
    agent: str | None
    input: int
    output: int
    reasoning: int
    cached: int
    cache_write: int
    cost: float | None
    seconds: float | None
    tools: str


class Usage(Rich):
    """The steps of a session; `list(usage)`, `len(usage)`, `usage.cost`, `usage.to_frame()`."""

    __slots__ = ("steps",)

    def __init__(self, messages: Iterable[Message]) -> None:
        self.steps = tuple(_step(message) for message in messages if message.role is Role.ASSISTANT)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def cost(self) -> float:
        """The cost of all steps, in dollars."""
        return sum(step.cost or 0 for step in self.steps)

    @property
    def tokens(self) -> Tokens:
        """The tokens of all steps."""
        return total_tokens(self.steps)

    @property
    def seconds(self) -> float:
        """The time of all steps that have ended, in seconds."""
        return sum(step.seconds or 0 for step in self.steps)

    def __repr__(self) -> str:
        read = self.tokens.input + self.tokens.cache_read
        steps = counted(len(self), "step")
        return f"<Usage of {steps}: {read:,} tokens in, {self.tokens.output:,} out, ${self.cost:.4f}, {self.seconds:.1f} s>"

    def _blocks(self) -> Iterable[Block]:
        yield Words(repr(self).strip("<>"))
        yield listed(Item(step.model or "a model", detail=_words(step)) for step in self.steps)

    def to_frame(self, library: Library | None = None) -> Any:
        """The steps as a table, a row each.

        Args:
            library: "pandas" or "polars"; None: the one that is loaded, or else the one that is installed, pandas first.

        Returns:
            A DataFrame of that library, with the attributes of `Step` as its columns.

        Raises:
            ValueError: there is no such library.
            NotSupported: it is not installed.
        """
        rows = [asdict(step) for step in self.steps]
        return frame({field: [row[field] for row in rows] for field in Step.__dataclass_fields__}, library)


class TokenCounts(Protocol):
    """What has the five counts of tokens: a step, or a session."""

    @property
    def input(self) -> int: ...
    @property
    def output(self) -> int: ...
    @property
    def reasoning(self) -> int: ...
    @property
    def cached(self) -> int: ...
    @property
    def cache_write(self) -> int: ...


def total_tokens(items: Sequence[TokenCounts]) -> Tokens:
    """The tokens of all steps, or of all sessions."""
    return Tokens(
        sum(item.input for item in items),
        sum(item.output for item in items),
        sum(item.reasoning for item in items),
        sum(item.cached for item in items),
        sum(item.cache_write for item in items),
    )


def _step(message: Message) -> Step:
    info, tokens = message.info, message.tokens or Tokens()
    return Step(
        time=datetime.fromtimestamp(info.created / 1_000, UTC),
        model=info.model,
        agent=info.agent,
        input=tokens.input,
        output=tokens.output,
        reasoning=tokens.reasoning,
        cached=tokens.cache_read,
        cache_write=tokens.cache_write,
        cost=info.cost,
        seconds=None if info.completed is None else (info.completed - info.created) / 1_000,
        tools=", ".join(part.info.tool for part in message.parts if part.info.kind == "tool"),
    )


def _words(step: Step) -> str:
    cost = "" if step.cost is None else f", ${step.cost:.4f}"
    seconds = "" if step.seconds is None else f", {step.seconds:.1f} s"
    tools = f", {step.tools}" if step.tools else ""
    return f"{step.input + step.cached:,} tokens in, {step.output:,} out{cost}{seconds}{tools}"
