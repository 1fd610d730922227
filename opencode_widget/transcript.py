"""A conversation in a form that lasts: Markdown, HTML, plain text, a notebook, JSON. HTML holds escaped text alone; Markdown and
notebooks hold the agent's own Markdown, so what opens them may load its pictures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from html import escape
from typing import NamedTuple

from .model.cut import whole
from .model.infos import FileInfo, NoteInfo, Role, SessionInfo, TextInfo, ToolInfo, ToolState
from .model.state import NO_MATH, Message, Part
from .model.view import message_view

# Characters of a tool's output that stand in a document for reading; JSON has all of them.
OUTPUT = 20_000
SPEAKERS = {Role.USER: "You", Role.ASSISTANT: "OpenCode", Role.NOTICE: "Notice"}


class Document(NamedTuple):
    """What is exported: a name for the file, its type, its text."""

    filename: str
    mime: str
    text: str


# ---- Markdown ---------------------------------------------------------------------------------------------------------


def markdown(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation in Markdown."""
    blocks = [f"# {_one_line(info.title) or 'A session'}", *(message_markdown(message) for message in messages)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def message_markdown(message: Message) -> str:
    """One message in Markdown, under the name of who speaks."""
    said = [part_markdown(part) for part in _shown(message)]
    problem = f"> **{message.error.name}**: {message.error.message}" if message.error is not None else ""
    body = "\n\n".join(piece for piece in (*said, problem) if piece)
    return f"## {_speaker(message)}\n\n{body}" if body else ""


def part_markdown(part: Part) -> str:
    """One part in Markdown."""
    info = part.info
    if isinstance(info, ToolInfo):
        return _tool_markdown(part, info)
    if isinstance(info, FileInfo):
        return f"*File: `{info.path or info.filename or info.mime}`*"
    if isinstance(info, NoteInfo):
        return f"*{_one_line(info.text)}*" if info.text else ""
    if info.kind == "reasoning":
        return "\n".join(f"> {line}" for line in part.text.splitlines())
    return part.text.strip()


def _tool_markdown(part: Part, info: ToolInfo) -> str:
    given = f"{fenced(_given(info), 'json' if 'command' not in info.input else 'bash')}\n\n" if info.input else ""
    came = fenced(_output(part)) if part.output else ""
    failed = f"> {_one_line(info.error)}" if info.error else ""
    title = _one_line(f"**{info.tool}** {info.title} {_outcome(info)}")
    return "\n\n".join(piece for piece in (title, given.strip(), came, failed) if piece)


def fenced(text: str, language: str = "") -> str:
    """A block of code whose fence is longer than any in the text."""
    longest = max((len(run) for line in text.splitlines() for run in [_fence_of(line)]), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _fence_of(line: str) -> str:
    stripped = line.lstrip()
    return stripped[: len(stripped) - len(stripped.lstrip("`"))]


def _given(info: ToolInfo) -> str:
    command = info.input.get("command")
    return command if isinstance(command, str) else json.dumps(whole(dict(info.input)), indent=2, ensure_ascii=False)


def _output(part: Part) -> str:
    text = part.output
    return text if len(text) <= OUTPUT else f"{text[:OUTPUT]}\n… ({len(text)} characters)"


def _outcome(info: ToolInfo) -> str:
    return {ToolState.COMPLETED: "", ToolState.ERROR: "(failed)"}.get(info.state, "(not finished)")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _speaker(message: Message) -> str:
    agent = message.info.agent if message.role is Role.ASSISTANT else None
    return f"{SPEAKERS[message.role]} ({agent})" if agent else SPEAKERS[message.role]


def _shown(message: Message) -> Iterator[Part]:
    return (part for part in message.parts if not part.info.hidden)


# ---- plain text -------------------------------------------------------------------------------------------------------


def plain(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation as text."""
    return "\n\n".join([info.title, *(f"{_speaker(one)}:\n{_plain_message(one)}" for one in messages)]) + "\n"


def _plain_message(message: Message) -> str:
    lines = [part.text or f"[{part.tool or part.kind}]" for part in _shown(message)]
    return "\n".join([*lines, *([message.error.message] if message.error is not None else [])])


# ---- HTML -------------------------------------------------------------------------------------------------------------

FRAME = "font-family:sans-serif;font-size:14px;line-height:1.5;max-width:60em"
HEAD = "font-weight:600;margin:1em 0 .25em"
WORDS = "white-space:pre-wrap;overflow-wrap:anywhere"
CODE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;font-family:monospace;font-size:12px;"
    "margin:.25em 0;padding:.25em .5em;border-left:3px solid #8888"
)
QUIET = "opacity:.7"
FAULT = "color:#c33"


def html(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation as a piece of HTML: styles in place, everything escaped, long output folded."""
    body = "".join(message_html(message) for message in messages)
    return f'<div class="{NO_MATH}" style="{FRAME}"><div style="{HEAD};font-size:16px">{escape(info.title)}</div>{body}</div>'


def message_html(message: Message) -> str:
    """One message as a piece of HTML."""
    parts = "".join(_part_html(part) for part in _shown(message))
    error = message.error
    problem = _box("div", FAULT, f"{error.name}: {error.message}") if error is not None else ""
    return f"{_box('div', HEAD, _speaker(message))}{parts}{problem}" if parts or problem else ""


def _part_html(part: Part) -> str:
    info = part.info
    if isinstance(info, ToolInfo):
        return _tool_html(part, info)
    if isinstance(info, TextInfo):
        return _box("div", f"{WORDS};{QUIET}" if info.kind == "reasoning" else WORDS, part.text.strip())
    words = info.text if isinstance(info, NoteInfo) else info.path or info.filename or info.mime
    return _box("div", QUIET, words) if words else ""


def _tool_html(part: Part, info: ToolInfo) -> str:
    title = escape(_one_line(f"{info.tool} {info.title} {_outcome(info)}"))
    pieces = ((CODE, _given(info) if info.input else ""), (CODE, _output(part)), (f"{WORDS};{FAULT}", info.error))
    inside = "".join(_box("pre" if style == CODE else "div", style, text) for style, text in pieces if text)
    return f"<details><summary>{title}</summary>{inside}</details>"


def _box(tag: str, style: str, text: str) -> str:
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


# ---- a notebook -------------------------------------------------------------------------------------------------------


def notebook(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation as a notebook (nbformat 4.5): a Markdown cell a message. Code that was written stays text: nothing of it is run."""
    texts = [f"# {_one_line(info.title) or 'A session'}", *filter(None, map(message_markdown, messages))]
    cells = [
        {"cell_type": "markdown", "id": f"message-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
        for number, text in enumerate(texts)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


# ---- JSON -------------------------------------------------------------------------------------------------------------


def as_json(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation with all that we know of it."""
    document = {"session": asdict(info), "messages": [message_view(message, entire=True) for message in messages]}
    return json.dumps(whole(document), indent=2, ensure_ascii=False) + "\n"


# ---- a file -----------------------------------------------------------------------------------------------------------

Write = Callable[[SessionInfo, Iterable[Message]], str]

FORMATS: dict[str, tuple[str, str, Write]] = {
    "markdown": (".md", "text/markdown", markdown),
    "json": (".json", "application/json", as_json),
    "notebook": (".ipynb", "application/x-ipynb+json", notebook),
    "html": (".html", "text/html", html),
    "text": (".txt", "text/plain", plain),
}


def document(format: str, info: SessionInfo, messages: Iterable[Message]) -> Document:
    """A conversation in one of FORMATS, with a name for its file."""
    suffix, mime, write = FORMATS[format]
    return Document(f"{_file_name(info.title) or info.id}{suffix}", mime, write(info, messages))


def _file_name(title: str) -> str:
    """A title as a name that every file system takes."""
    kept = "".join(letter if letter.isalnum() or letter in " -_." else "-" for letter in title)
    return " ".join(kept.split()).strip(" .-")[:80]
