"""What all sessions of all instances took: a row a session, as numbers and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ..model.entities import Tokens
from ..model.render.blocks import Block, Item, Words, listed
from ..model.render.rich import Rich
from ..model.state import HistoryState, Session
from ..model.text.brief import counted
from ..sync.runtime import InstanceRuntime
from .frames import Library, frame
from .usage import Usage, total_tokens


@dataclass(frozen=True, slots=True)
class SessionUsage:
    """What one session took.

    Attributes:
        instance: the title of its instance.
        session: its id.
        title: its title.
        parent: the id of the session that started it for a sub-agent; None if a user or Python started it.
        created: when it was made, in UTC.
        updated: when something happened in it last, in UTC.
        model: the models that answered, in order, with commas between them; "" where the kernel has no messages.
        steps: how often a model was asked; None where the kernel has no messages.
        input: tokens that models read, without those of the cache.
        output: tokens that they wrote.
        reasoning: tokens that they wrote for themselves.
        cached: tokens that they read from the providers' caches.
        cache_write: tokens that were written to those caches.
        cost: in dollars; None where neither the server nor a message says.
        seconds: of all steps that have ended; None where the kernel has no messages.
    """

    instance: str
    session: str
    title: str
    parent: str | None
    created: datetime
    updated: datetime
    model: str
    steps: int | None
    input: int
    output: int
    reasoning: int
    cached: int
    cache_write: int
    cost: float | None
    seconds: float | None


class TotalUsage(Rich):
    """The sessions of all instances, the latest first; `list(usage)`, `len(usage)`, `usage.cost`, `usage.tokens`, `usage.to_frame()`."""

    __slots__ = ("sessions",)

    def __init__(self, sessions: Sequence[SessionUsage]) -> None:
        self.sessions = tuple(sessions)

    def __len__(self) -> int:
        return len(self.sessions)

    def __iter__(self) -> Iterator[SessionUsage]:
        return iter(self.sessions)

    @property
    def cost(self) -> float:
        """The cost of all sessions, in dollars."""
        return sum(item.cost or 0.0 for item in self.sessions)

    @property
    def tokens(self) -> Tokens:
        """The tokens of all sessions."""
        return total_tokens(self.sessions)

    def __repr__(self) -> str:
        read = self.tokens.input + self.tokens.cache_read
        return f"<Usage of {counted(len(self), 'session')}: {read:,} tokens in, {self.tokens.output:,} out, ${self.cost:.4f}>"

    def _blocks(self) -> Iterable[Block]:
        yield Words(repr(self).strip("<>"))
        yield listed(Item(item.title, detail=_words(item)) for item in self.sessions)

    def to_frame(self, library: Library | None = None) -> Any:
        """The sessions as a table, a row each.

        Args:
            library: "pandas" or "polars"; None: the one that is loaded, or else the one that is installed, pandas first.

        Returns:
            A DataFrame of that library, with the attributes of `SessionUsage` as its columns.

        Raises:
            ValueError: there is no such library.
            NotSupported: it is not installed.
        """
        rows = [asdict(item) for item in self.sessions]
        return frame({name: [row[name] for row in rows] for name in SessionUsage.__dataclass_fields__}, library)


def total_usage(runtimes: Iterable[InstanceRuntime]) -> TotalUsage:
    """What the sessions of these instances took, as far as the kernel knows."""
    found = [_usage(runtime.title, session) for runtime in runtimes for session in runtime.all_sessions()]
    return TotalUsage(sorted(found, key=lambda item: item.updated, reverse=True))


def _usage(instance: str, session: Session) -> SessionUsage:
    """The server's own totals, or those of the messages that the kernel has: it may lack some, and the server's come a moment later."""
    info, here = session.info, session.history_state is HistoryState.READY
    usage = Usage(list(session) if here else ())
    tokens = max(info.tokens or Tokens(), usage.tokens, key=_read_and_written)
    costs = [cost for cost in (info.cost, *(step.cost for step in usage)) if cost is not None]
    return SessionUsage(
        instance=instance,
        session=session.id,
        title=info.title,
        parent=info.parent,
        created=datetime.fromtimestamp(info.created / 1_000, UTC),
        updated=datetime.fromtimestamp(info.updated / 1_000, UTC),
        model=", ".join(dict.fromkeys(step.model for step in usage if step.model)),
        steps=len(usage) if here else None,
        input=tokens.input,
        output=tokens.output,
        reasoning=tokens.reasoning,
        cached=tokens.cache_read,
        cache_write=tokens.cache_write,
        cost=max(info.cost or 0.0, usage.cost) if costs else None,
        seconds=usage.seconds if here else None,
    )


def _read_and_written(tokens: Tokens) -> int:
    return tokens.input + tokens.output + tokens.reasoning + tokens.cache_read + tokens.cache_write


def _words(item: SessionUsage) -> str:
    cost = "" if item.cost is None else f", ${item.cost:.4f}"
    return f"{item.input + item.cached:,} tokens in, {item.output:,} out{cost}"
