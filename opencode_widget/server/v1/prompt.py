"""OpenCode 1.x: the bodies of prompts and commands."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any
from urllib.parse import quote

from ...model.dialects import read
from ...model.text.utf16 import units
from ..api import Attachment, Mention, Prompt

Body = dict[str, Any]


def named_model(model: str) -> Body:
    """A model, written "provider/id", in the server's two fields."""
    provider, _, id = model.partition("/")
    return {"providerID": provider, "modelID": id}


def body_of_files(files: Iterable[Attachment]) -> list[Body]:
    """File parts with their content."""
    return [{"type": "file", "mime": file.mime, "filename": file.filename, "url": file.url} for file in files]


def parts_of(prompt: Prompt, directory: str | None) -> list[Body]:
    """All parts of a prompt: its text, its files, its mentions."""
    options = prompt.options
    mentions = (_mention(prompt.text, mention, directory) for mention in options.mentions)
    extras = [*body_of_files(options.files), *mentions]
    ids = (*prompt.extra_ids, *repeat("", len(extras) - len(prompt.extra_ids)))
    named = [{"id": id, **extra} if id else extra for id, extra in zip(ids, extras, strict=True)]
    return [{"id": prompt.part_id, "type": "text", "text": prompt.text}, *named]


def _mention(text: str, mention: Mention, directory: str | None) -> Body:
    start, end = (units(text[:at]) for at in (mention.start, mention.end))
    place = {"value": text[mention.start : mention.end], "start": start, "end": end}
    if mention.kind == "agent":
        return {"type": "agent", "name": mention.name, "source": place}
    is_folder = mention.name.endswith("/")
    return {
        "type": "file",
        "mime": "application/x-directory" if is_folder else "text/plain",
        "filename": mention.name.rstrip("/").rpartition("/")[2] + ("/" if is_folder else ""),
        "url": file_url(directory or "", mention.name.rstrip("/")),
        "source": {"type": "file", "path": mention.name, "text": place},
    }


# Fields of a part that name its place in the message from which it is copied.
PLACE = frozenset({"id", "sessionID", "messageID"})
# The kinds of parts that a prompt may have.
KINDS = frozenset({"text", "file", "agent", "subtask"})


def copied(message: Any) -> Body:
    """The body of a prompt that says what a message says, without what the server added to it: the content of mentioned files."""
    if not isinstance(message, dict):
        return {"parts": []}
    info, parts = read.sub(message, "info"), read.objects(message.get("parts"))
    own = [part for part in parts if part.get("type") in KINDS and part.get("synthetic") is not True]
    body: Body = {"parts": [{key: value for key, value in part.items() if key not in PLACE} for part in own]}
    model = read.sub(info, "model")
    if provider := read.text(model, "providerID"):
        body["model"] = {"providerID": provider, "modelID": read.text(model, "modelID")}
    for name, value in (("agent", read.text(info, "agent")), ("variant", read.text(model, "variant"))):
        if value or (name == "variant" and (value := read.text(info, "variant"))):
            body[name] = value
    return body


def file_url(directory: str, path: str) -> str:
    """The URL of a file by its path from a folder. The server's machine may run Windows."""
    whole = path if path.startswith("/") else f"{directory}/{path}"
    clean = whole.replace("\\", "/") if _is_windows(directory) else whole
    return f"file://{'' if clean.startswith('/') else '/'}{quote(clean)}"


def _is_windows(directory: str) -> bool:
    return directory[1:3] == ":\\"
