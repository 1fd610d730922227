"""Descriptions as the files of a prompt, and the prompt's names and attached objects as descriptions."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import CannotDescribe
from ..model.text.brief import counted
from ..server.api import Attachment
from .names import Name, Target, mentioned, target
from .namespace import Namespace, user_namespace

if TYPE_CHECKING:
    from .description import Description, Picture

# Of all that a prompt names together.
TOTAL_TOKENS = 24_000
TOTAL_BYTES = 8_000_000
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def targets(text: str, attach: Sequence[object] = (), namespace: Namespace | None = None) -> list[Target]:
    """What a prompt names, then what is attached.

    Args:
        text: the prompt.
        attach: objects.
        namespace: of the notebook; None: of the notebook that runs in this thread.

    Raises:
        TypeError: `attach` is no list or tuple.
        UnknownName: a name stands for nothing.
    """
    # A text or an array is a sequence too, and the user has forgotten the brackets.
    if not isinstance(attach, list | tuple):
        raise TypeError(f"`attach` is a list of objects, not {type(attach).__name__}: attach=[...].")
    names = mentioned(text)
    read = (namespace or user_namespace()) if names else None
    found = [target(name, read) for name in names if read is not None]
    named = {id(item.value) for item in found}  # what is named and attached is described once
    attached = [Target(_title(number, len(attach)), value) for number, value in enumerate(attach, 1)]
    return [*found, *(item for item in attached if id(item.value) not in named)]


def _title(number: int, of: int) -> str:
    return "attached" if of == 1 else f"attached {number}"


def descriptions(targets: Sequence[Target]) -> tuple[Description, ...]:
    """Describe what a prompt names. This blocks: call it on a thread.

    Raises:
        CannotDescribe: something cannot be described, or all is too large together.
    """
    from .work import described

    found = tuple(described(item.value, item.title, item.describer) for item in targets)
    tokens, size = sum(item.tokens for item in found), sum(item.size for item in found)
    if tokens > TOTAL_TOKENS or size > TOTAL_BYTES:
        raise CannotDescribe(
            f"What the prompt names is about {counted(tokens, 'token')} and {size / 1e6:.1f} MB; "
            f"{TOTAL_TOKENS:,} tokens and {TOTAL_BYTES / 1e6:.0f} MB can go with it.",
            remedy="Name less, or ask in several prompts.",
        )
    return found


async def context_of(
    text: str, attach: Sequence[object] = (), namespace: Namespace | None = None
) -> tuple[Attachment, ...]:
    """The files that go with a prompt for what it names, and for what is attached.

    Args:
        text: the prompt.
        attach: objects.
        namespace: of the notebook; None: of the notebook that runs in this thread.

    Raises:
        TypeError: `attach` is no list or tuple.
        UnknownName: a name stands for nothing.
        CannotDescribe: something cannot be described within the bounds.
    """
    found = targets(text, attach, namespace)
    if not found:
        return ()
    return tuple(file for item in await asyncio.to_thread(descriptions, found) for file in attachments(item))


def attachments(description: Description) -> Iterator[Attachment]:
    """A description as files: its text, then its pictures."""
    yield Attachment("text/plain", description.title, _url("text/plain", description.markdown.encode()))
    for number, picture in enumerate(description.pictures, 1):
        yield Attachment(picture.mime, _file_name(description, picture, number), _url(picture.mime, picture.content))


def describes(file: Attachment, name: Name) -> bool:
    """Is a file of a prompt the description of a name in it, or one of its pictures?"""
    title, suffix = file.filename or "", f".{SUFFIXES.get(file.mime, 'bin')}"
    return title == name.text or (title.endswith(suffix) and title.startswith((f"{name.text}.", f"{name.text}-")))


def _file_name(description: Description, picture: Picture, number: int) -> str:
    extra = f"-{number}" if len(description.pictures) > 1 else ""
    return f"{description.title}{extra}.{SUFFIXES.get(picture.mime, 'bin')}"


def _url(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
