"""A conversation in a form that lasts: Markdown, HTML, plain text, a notebook, JSON. Nothing in it runs or is fetched.

What is drawn is drawn by `model/render`. That takes its time, so `written` takes from the messages what it needs where they change, on the
home loop, and draws on a thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from ..model.entities import SessionInfo
from ..model.render import conversation, plain
from ..model.render.blocks import CUT, FILE_BYTES, Block, joined, within
from ..model.render.visible import escaped
from ..model.state import Message
from ..model.text.truncate import whole
from ..model.view import message_view
from ..model.wire import MessageView
from ..redaction import KNOWN
from ..sync.runtime import InstanceRuntime
from .search import everything

# What the Markdown of a document may cost: characters, lines, steps of the parser.
ALLOWANCE = (5_000_000, 100_000, 500_000)
Blocks = Sequence[Block]


class Document(NamedTuple):
    """What is exported: a name for the file, its type, its text."""

    filename: str
    mime: str
    text: str


# ---- the formats ------------------------------------------------------------------------------------------------------
# The libraries that read Markdown are imported when something is drawn.


def markdown(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A conversation in Markdown."""
    return _markdown(info, [conversation.message(message) for message in messages])


def _markdown(info: SessionInfo, messages: Iterable[Blocks]) -> str:
    return "\n\n".join(_pieces(info, messages)) + "\n"


def _pieces(info: SessionInfo, messages: Iterable[Blocks]) -> Iterable[str]:
    """The title, and each message, in Markdown."""
    from ..model.render.markdown import written as draw
    from ..model.render.prose.allowance import Allowance

    left = Allowance(*ALLOWANCE)
    drawn = (draw(blocks, left) for blocks in (tuple(conversation.titled(info.title)), *messages))
    return within(FILE_BYTES, filter(None, drawn), draw([CUT], left))


def _html(info: SessionInfo, messages: Iterable[Blocks]) -> str:
    from ..model.render.html import document as draw
    from ..model.render.prose.allowance import Allowance

    return draw(info.title or "A session", joined((conversation.titled(info.title), *messages)), Allowance(*ALLOWANCE))


def _plain(info: SessionInfo, messages: Iterable[Blocks]) -> str:
    drawn = (plain.written(blocks) for blocks in (tuple(conversation.titled(info.title)), *messages))
    return "\n\n".join(within(FILE_BYTES, filter(None, drawn), plain.write(CUT))) + "\n"


def _notebook(info: SessionInfo, messages: Iterable[Blocks]) -> str:
    """A notebook (nbformat 4.5) with a Markdown cell a message. Code that was written stays text: nothing of it is run."""
    cells = [
        {"cell_type": "markdown", "id": f"message-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
        for number, text in enumerate(_pieces(info, messages))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return escaped(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _json(info: SessionInfo, messages: Iterable[MessageView]) -> str:
    """All that we know of a conversation."""
    document = {"session": asdict(info), "messages": list(messages)}
    return escaped(json.dumps(whole(document), indent=2, ensure_ascii=False)) + "\n"


# ---- a file -----------------------------------------------------------------------------------------------------------


class ExportFormat(NamedTuple):
    """How a file is named and typed, what it takes of each message, and how it is drawn of that."""

    suffix: str
    mime: str
    take: Callable[[Message], Any]
    draw: Callable[[SessionInfo, Iterable[Any]], str]


def _entire(message: Message) -> MessageView:
    return message_view(message, entire=True)


FORMATS: dict[str, ExportFormat] = {
    "markdown": ExportFormat(".md", "text/markdown", conversation.message, _markdown),
    "json": ExportFormat(".json", "application/json", _entire, _json),
    "notebook": ExportFormat(".ipynb", "application/x-ipynb+json", conversation.message, _notebook),
    "html": ExportFormat(".html", "text/html", conversation.message, _html),
    "text": ExportFormat(".txt", "text/plain", conversation.message, _plain),
}


def document(format: str, info: SessionInfo, messages: Iterable[Message]) -> Document:
    """A conversation in one of FORMATS, with a name for its file."""
    kind = FORMATS[format]
    return _document(kind, info, kind.draw(info, [kind.take(message) for message in messages]))


async def written(format: str, info: SessionInfo, messages: Iterable[Message]) -> Document:
    """The same without secrets, and without holding up the home loop, on which it is called."""
    kind = FORMATS[format]
    taken = []
    for message in messages:
        taken.append(kind.take(message))
        await asyncio.sleep(0)  # others have their turn
    return _document(kind, info, await asyncio.to_thread(_drawn, kind, info, taken))


async def conversation_document(runtime: InstanceRuntime, session_id: str, format: str) -> Document:
    """Fetch all messages of a session and write them in one of FORMATS.

    Raises:
        OpenCodeError: the messages cannot be fetched.
    """
    messages = await everything(runtime, session_id)
    return await written(format, runtime.session(session_id).info, messages)


def _drawn(kind: ExportFormat, info: SessionInfo, taken: list[Any]) -> str:
    """A password that stands in what was stored before it was known here is removed, too."""
    return KNOWN.text(kind.draw(info, taken))


def _document(kind: ExportFormat, info: SessionInfo, text: str) -> Document:
    return Document(f"{_file_name(info.title) or info.id}{kind.suffix}", kind.mime, text)


def _file_name(title: str) -> str:
    """A title as a name that every file system takes."""
    kept = "".join(letter if letter.isalnum() or letter in " -_." else "-" for letter in title)
    return " ".join(kept.split()).strip(" .-")[:80]
