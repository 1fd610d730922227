"""Sessions and messages -> blocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from ..entities import FileInfo, MessageInfo, NoteInfo, PartInfo, Problem, Role, TextInfo, Todo, ToolInfo, ToolState
from ..text.truncate import whole
from .blocks import Block, Code, Heading, Item, Items, Prose, Reasoning, Tone, Tool, Words, joined, listed, shortened
from .output_budget import OUTPUT, weight_of
from .visible import terminal

SPEAKERS = {Role.USER: "You", Role.ASSISTANT: "OpenCode", Role.NOTICE: "Notice"}
OUTCOMES = {ToolState.COMPLETED: "", ToolState.ERROR: "(failed)"}
# Messages of a session that a cell's output shows.
MESSAGES = 50
BOXES = {"pending": "☐", "in_progress": "◐", "completed": "☑", "cancelled": "☒"}


class PartLike(Protocol):
    """A part of a message, as far as it is drawn."""

    @property
    def info(self) -> PartInfo: ...
    @property
    def text(self) -> str: ...
    @property
    def output(self) -> str: ...


class MessageLike(Protocol):
    """A message, as far as it is drawn."""

    @property
    def info(self) -> MessageInfo: ...
    @property
    def parts(self) -> Sequence[PartLike]: ...


def titled(title: str, todos: Iterable[Todo] = ()) -> Iterator[Block]:
    """What stands before the messages of a session."""
    yield Heading(" ".join(title.split()) or "A session", level=1)
    if todos := tuple(todos):
        yield todo_list(todos)


def latest(messages: Sequence[MessageLike]) -> Iterator[Block]:
    """The latest messages that a cell's output has room for, oldest first; a note before them counts what is left out."""
    shown: list[tuple[Block, ...]] = []
    room = OUTPUT // 2  # the other half is for what is folded away
    for other in reversed(messages[-MESSAGES:]):
        room -= weight_of(blocks := message(other))
        if room < 0 and shown:
            break
        shown.append(blocks)
    if left := len(messages) - len(shown):
        yield Words(f"{left} earlier messages are not shown here; `await session.export()` has all.", Tone.QUIET)
    yield from joined(reversed(shown))


def message(item: MessageLike) -> tuple[Block, ...]:
    """A message, under the name of who speaks; nothing where it says nothing."""
    info = item.info
    events = [block for part in item.parts if not part.info.hidden for block in part_blocks(part, info.role)]
    if info.error is not None:
        events += problem(info.error)
    return (speaker(info), *events) if events else ()


def speaker(info: MessageInfo) -> Heading:
    """Who speaks."""
    agent = info.agent if info.role is Role.ASSISTANT else None
    return Heading(SPEAKERS.get(info.role, "OpenCode"), detail=agent or "")


def problem(problem: Problem) -> Iterator[Block]:
    """Something that went wrong, with what to do about it."""
    yield Words(" ".join(filter(None, (problem.message, problem.remedy))), Tone.FAULT, problem.name)
    if problem.details:
        yield Code(terminal(shortened(problem.details)))


def part_blocks(part: PartLike, role: Role = Role.ASSISTANT) -> Iterator[Block]:
    """One part."""
    match part.info:
        case ToolInfo():
            yield tool(part.info, part.output)
        case FileInfo(path=path, filename=filename, mime=mime):
            yield Words(path or filename or mime, Tone.QUIET, "File")
        case NoteInfo(text=words) if words:
            yield Words(" ".join(words.split()), Tone.QUIET)
        case TextInfo(kind=kind) if part.text.strip():
            yield Reasoning(part.text) if kind == "reasoning" else Prose(part.text.strip("\n"), role is Role.USER)


# ---- tools ------------------------------------------------------------------------------------------------------------


def tool(info: ToolInfo, output: str) -> Tool:
    """A call of a tool."""
    inside = tuple(_inside(info, output))
    return Tool(info.tool, info.title, OUTCOMES.get(info.state, "(not finished)"), inside, info.error)


def _inside(info: ToolInfo, output: str) -> Iterator[Code | Items]:
    if todos := _todos(info):
        yield todo_list(todos)
        return
    if info.input:
        yield _given(info.input)
    if diff := diff_of(info.metadata):
        yield diff
    if output:
        yield Code(terminal(shortened(output)))


def _given(given: Mapping[str, Any]) -> Code:
    command = given.get("command")
    if isinstance(command, str):
        return Code(shortened(command), "bash")
    return Code(as_json(given), "json")


def as_json(value: Mapping[str, Any]) -> str:
    """JSON for reading: its end is left out where it is long."""
    return shortened(json.dumps(whole(dict(value)), indent=2, ensure_ascii=False))


def diff_of(metadata: Mapping[str, Any]) -> Code | None:
    """The change that a tool made, or wants to make."""
    diff = metadata.get("diff")
    return Code(shortened(diff), "diff") if isinstance(diff, str) and diff else None


def _todos(info: ToolInfo) -> list[Todo]:
    """The list that a tool wrote; [] of other tools."""
    reported = info.metadata.get("todos") or info.input.get("todos")
    if not isinstance(reported, list):
        return []
    lines = (item for item in reported if isinstance(item, Mapping))
    return [Todo(str(item.get("content", "")), str(item.get("status", ""))) for item in lines]


def todo_list(todos: Iterable[Todo]) -> Items:
    """A to-do list, with a box before each line."""
    return listed(Item(todo.content, BOXES.get(todo.status, "☐")) for todo in todos)
