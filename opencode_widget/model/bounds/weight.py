"""The weight of things, as a measure of memory and of frames: about the characters of their JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..entities import FileInfo, NoteInfo, PartInfo, PermissionRequest, Problem, Request, TextInfo

# The weight of an object, a list or a key beside its strings.
OVERHEAD = 16
# The weight of an event, a part or a message beside its text.
HEAD = 200


def weight(*values: Any) -> int:
    """The characters of all strings in JSON, keys included, and a little for each value. Works without recursion, at any depth."""
    total, stack = 0, list(values)
    while stack:
        value = stack.pop()
        total += OVERHEAD
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, Mapping):
            total += sum(map(len, value)) + OVERHEAD * len(value)
            stack.extend(value.values())
        elif isinstance(value, list | tuple):
            stack.extend(value)
    return total


def part_weight(info: PartInfo) -> int:
    """The weight of a part as the server states it."""
    if isinstance(info, TextInfo):
        return HEAD + len(info.text)
    if isinstance(info, FileInfo):
        return HEAD + len(info.url)
    if isinstance(info, NoteInfo):
        return HEAD + len(info.text) + weight(info.data)
    files = sum(map(part_weight, info.files))
    return HEAD + len(info.output) + len(info.raw) + len(info.error) + weight(info.input, info.metadata) + files


def event_weight(event: Any) -> int:
    """The weight of an event that may have to wait."""
    total = HEAD
    for name, measure in CARRIED.items():
        if (carried := getattr(event, name, None)) is not None:
            total += measure(carried)
    return total


def _problem(problem: Problem) -> int:
    return len(problem.message) + len(problem.details)


def _request(request: Request) -> int:
    if isinstance(request, PermissionRequest):
        return weight(request.patterns, request.always, request.metadata, request.message)
    return HEAD * sum(2 + len(question.options) for question in request.questions)


def _many(values: Iterable[Any]) -> int:
    return HEAD * sum(1 for _ in values)


CARRIED: dict[str, Any] = {
    "text": len,
    "part": part_weight,
    "changes": weight,
    "problem": _problem,
    "request": _request,
    "todos": _many,
}
