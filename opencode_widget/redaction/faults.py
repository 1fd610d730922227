"""Describe exceptions of other libraries by kind and place, never by their message, which may hold anything."""

from __future__ import annotations

import traceback
from typing import TypeVar

from .known import KNOWN

OURS = "opencode_widget"
E = TypeVar("E", bound=BaseException)


def words_of(fault: BaseException) -> str:
    """Return an exception's type and the place that raised it: the innermost frame of ours, else the innermost of all."""
    kind = type(fault)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    frames = [(frame.f_globals.get("__name__") or "?", line) for frame, line in traceback.walk_tb(fault.__traceback__)]
    ours = [place for place in frames if place[0].partition(".")[0] == OURS]
    place = next(reversed(ours or frames), None)
    return f"{name} in {place[0]}:{place[1]}" if place is not None else name


def innermost(fault: BaseException) -> str:
    """Return an exception's type and the line that raised it, in anyone's code."""
    frames = list(traceback.walk_tb(fault.__traceback__))
    if not frames:
        return type(fault).__name__
    frame, line = frames[-1]
    return f"{type(fault).__name__} in {frame.f_code.co_name}, line {line}"


def safe_cause(fault: E) -> E | None:
    """Return the exception as the cause of one of ours; None if its traceback would show a secret."""
    trace = "".join(traceback.format_exception(fault))
    return fault if KNOWN.text(trace) == trace else None
