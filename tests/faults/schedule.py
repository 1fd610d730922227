"""A schedule: who says what in which session, and what breaks meanwhile. All of it follows from a number."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ..support.scripts import Step, ask, bash, delegate, script, think, tokens, tool

KINDS = (
    "cut",
    "cut after",
    "stall",
    "hush",
    "refuse",
    "delay",
    "split",
    "unauthorized",
    "unavailable",
    "web page",
)


@dataclass(frozen=True)
class Fault:
    """What the proxy does wrong for a while.

    Attributes:
        kind: one of `KINDS`.
        after: seconds of peace before it.
        lasts: seconds until the proxy is sound again.
        amount: of bytes, where the kind has any.
    """

    kind: str
    after: float
    lasts: float
    amount: int


@dataclass(frozen=True)
class Line:
    """How bad the way from the kernel to a page is: the share of frames that are dropped, repeated, and come too late."""

    dropped: float
    repeated: float
    late: float


@dataclass(frozen=True)
class Schedule:
    """See the module's docstring.

    Attributes:
        prompts: those of each session; those of one session follow each other.
        faults: follow each other.
    """

    seed: int
    prompts: tuple[tuple[str, ...], ...]
    faults: tuple[Fault, ...]
    line: Line


def make_schedule(seed: int) -> Schedule:
    """The schedule of a number."""
    chance = Random(seed)
    prompts = tuple(_prompts_of_session(chance, f"s{number}") for number in range(chance.choice((1, 1, 2, 3))))
    faults = tuple(_fault(chance) for _ in range(chance.randint(1, 3)))
    return Schedule(seed, prompts, faults, Line(*(chance.choice((0.0, 0.05, 0.3)) for _ in range(3))))


def _fault(chance: Random) -> Fault:
    amount = chance.choice((1, 40, 300, 2_000, 20_000))
    return Fault(chance.choice(KINDS), chance.uniform(0.0, 0.25), chance.uniform(0.05, 0.3), amount)


def _prompts_of_session(chance: Random, name: str) -> tuple[str, ...]:
    return tuple(_prompt(chance, f"{name}p{number}") for number in range(chance.choice((1, 1, 1, 2))))


def _prompt(chance: Random, name: str, *, nested: bool = False) -> str:
    """Every word of an answer is one of its kind, so that one that is said twice, or too late, shows."""
    steps: list[Step] = []
    for number in range(chance.choice((1, 1, 2))):
        steps += _steps(chance, f"{name}n{number}", nested=nested)
    return script(*steps, _words(chance, f"{name}z"), title=f"Title {name}")


def _steps(chance: Random, name: str, *, nested: bool) -> list[Step]:
    kind = chance.choice(("think", "words", "bash", "question", "glob", *(() if nested else ("task",))))
    if kind == "think":
        thoughts = " ".join(f"{name}r{number:06d}" for number in range(1, chance.randint(5, 40)))
        return [think(thoughts, interval=0.003)]
    if kind == "words":
        return [_words(chance, name)]
    events = [_words(chance, f"{name}before")] if chance.random() < 0.5 else []
    return [*events, _call(chance, kind, name)]


def _words(chance: Random, name: str) -> Step:
    return tokens(chance.randint(5, 50), interval=chance.choice((0.0, 0.002, 0.01)), prefix=name)


def _call(chance: Random, kind: str, name: str) -> Step:
    if kind == "bash":
        return bash(f"echo {name}; sleep 0.1; echo again")
    if kind == "question":
        return ask(f"Which, {name}?", "this", "that")
    if kind == "task":
        return delegate(_prompt(chance, f"{name}child", nested=True), name)
    return tool("glob", pattern="*.py")
