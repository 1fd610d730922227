"""OpenCode 2.x: a prompt as its routes take it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from ...model.text.utf16 import units
from ..api import Attachment, Mention, Prompt

Body = dict[str, Any]


def body_of(prompt: Prompt, directory: str | None) -> Body:
    """A prompt with its files and what it mentions."""
    options = prompt.options
    named = [(mention, {"mention": mention_place(prompt.text, mention)}) for mention in options.mentions]
    mentioned = [
        {"uri": _uri(directory, mention.name), "name": mention.name, **place}
        for mention, place in named
        if mention.kind == "file"
    ]
    return {
        "id": prompt.message_id,
        "text": prompt.text,
        "files": [*body_of_files(options.files), *mentioned],
        "agents": [{"name": mention.name, **place} for mention, place in named if mention.kind == "agent"],
        **({} if options.delivery is None else {"delivery": options.delivery}),
    }


def body_of_files(files: Iterable[Attachment]) -> list[Body]:
    """Files with their content."""
    return [{"uri": file.url, "name": file.filename} for file in files]


def body_of_model(model: str, variant: str | None) -> Body:
    """A model, written "provider/id", as a ModelRef."""
    provider, _, id = model.partition("/")
    return {"id": id, "providerID": provider} | ({"variant": variant} if variant else {})


def mention_place(text: str, mention: Mention) -> Body:
    """The place of a name in a prompt, in UTF-16 code units."""
    start, end = (units(text[:at]) for at in (mention.start, mention.end))
    return {"start": start, "end": end, "text": text[mention.start : mention.end]}


def _uri(directory: str | None, path: str) -> str:
    return f"file://{PurePosixPath(directory or '/') / path}"
