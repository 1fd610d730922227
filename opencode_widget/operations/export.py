"""A session as a document: Markdown, HTML, plain text, a notebook or JSON. Nothing in it runs, and nothing is fetched by it.

`model/render` draws the documents. Drawing takes long, so `written` copies what it needs from the messages on the home loop,
where they change, and draws on a thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model.entities import SessionInfo
from ..model.render import conversation, plain
from ..model.render.blocks import CUT, FILE_BYTES, Block, joined, within
from ..model.render.visible import escaped
from ..model.state import Message
from ..model.text.truncate import whole
from ..model.view import message_view
from ..redaction import KNOWN
from ..sync.runtime import InstanceRuntime
from .search import everything

if TYPE_CHECKING:
    from ..model.wire import MessageView

# The bounds of the Markdown of a document: characters, lines, steps of the parser.
ALLOWANCE = (5_000_000, 100_000, 500_000)
Blocks = Sequence[Block]


class Document(NamedTuple):
    """A document: a name for its file, its MIME type and its text."""

    filename: str
    mime: str
    text: str


# ---- the formats ------------------------------------------------------------------------------------------------------
# The libraries that read Markdown are imported when a document is drawn: they would slow down every start.


def markdown(info: SessionInfo, messages: Iterable[Message]) -> str:
    """A session in Markdown."""
    return _markdown(info, [conversation.message(message) for message in messages])


def _markdown(info: SessionInfo, messages: Iterable[Blocks]) -> str:
    return "\n\n".join(_pieces(info, messages)) + "\n"


def _pieces(info: SessionInfo, messages: Iterable[Blocks]) -> Iterable[str]:
    """The title and each message in Markdown, up to the largest size of a document."""
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
    """A notebook (nbformat 4.5) with a Markdown cell for each message. Code stays text in it, so nothing runs."""
    cells = [
        {"cell_type": "markdown", "id": f"message-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
        for number, text in enumerate(_pieces(info, messages))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return escaped(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _json(info: SessionInfo, messages: Iterable[MessageView]) -> str:
    """All that the kernel has of a session."""
    document = {"session": asdict(info), "messages": list(messages)}
    return escaped(json.dumps(whole(document), indent=2, ensure_ascii=False)) + "\n"


# ---- a file -----------------------------------------------------------------------------------------------------------


class ExportFormat(NamedTuple):
    """A format: the suffix and type of its file, what is copied from each message, and how the file is drawn from that."""

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
    """A session in one of FORMATS."""
    kind = FORMATS[format]
    return _document(kind, info, kind.draw(info, [kind.take(message) for message in messages]))


async def written(format: str, info: SessionInfo, messages: Iterable[Message]) -> Document:
    """A session in one of FORMATS, without the secrets that the kernel knows. On the home loop, which it does not hold up."""
    kind = FORMATS[format]
    taken = []
    for message in messages:
        taken.append(kind.take(message))
        await asyncio.sleep(0)  # lets other tasks run
    return _document(kind, info, await asyncio.to_thread(_drawn, kind, info, taken))


async def conversation_document(runtime: InstanceRuntime, session_id: str, format: str) -> Document:
    """Fetch all messages of a session and write them in one of FORMATS.

    Raises:
        OpenCodeError: the messages cannot be fetched.
    """
    messages = await everything(runtime, session_id)
    return await written(format, runtime.session(session_id).info, messages)


def _drawn(kind: ExportFormat, info: SessionInfo, taken: list[Any]) -> str:
    """Draw the document and remove secrets: the server may have stored a password before the kernel knew it."""
    return KNOWN.text(kind.draw(info, taken))


def _document(kind: ExportFormat, info: SessionInfo, text: str) -> Document:
    return Document(f"{_file_name(info.title) or info.id}{kind.suffix}", kind.mime, text)


def _file_name(title: str) -> str:
    """A title as a file name that every file system accepts."""
    kept = "".join(letter if letter.isalnum() or letter in " -_." else "-" for letter in title)
    return " ".join(kept.split()).strip(" .-")[:80]
