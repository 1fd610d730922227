"""The steps of the scripted model's completions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Say:
    """Deltas of text or reasoning, `interval` seconds apart."""

    deltas: tuple[str, ...]
    channel: Literal["content", "reasoning_content"] = "content"
    interval: float = 0.0


@dataclass(frozen=True)
class Call:
    """One tool call."""

    tool: str
    input: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """A pause of so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Gate:
    """A pause until the gate is opened."""

    name: str


@dataclass(frozen=True)
class Fail:
    """An HTTP error; `times` of None means always."""

    status: int
    message: str
    times: int | None = None


@dataclass(frozen=True)
class Cut:
    """A broken connection; `times` of None means always."""

    times: int | None = None


@dataclass(frozen=True)
class Stall:
    """A pause without end."""


Step = Say | Call | Wait | Gate | Fail | Cut | Stall
