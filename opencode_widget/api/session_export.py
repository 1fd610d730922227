"""How a session is drawn in a notebook and written as Markdown, from the messages that the kernel has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ..errors import NotFound
from ..model.render import conversation
from ..model.render.blocks import Block
from ..model.view import visible
from ..operations import export
from ..sync.runtime import InstanceRuntime

Format = Literal["markdown", "json", "notebook", "html", "text"]


def blocks(runtime: InstanceRuntime, id: str) -> Iterable[Block]:
    """The title, the to-do list and the latest messages; nothing if the session was deleted."""
    try:
        session = runtime.session(id)
    except NotFound:
        return
    yield from conversation.titled(session.info.title, list(session.todos))
    yield from conversation.latest(visible(session))


def markdown(runtime: InstanceRuntime, id: str) -> str:
    """The messages that the kernel has, in Markdown.

    Raises:
        NotFound: the session was deleted.
    """
    session = runtime.session(id)
    return export.markdown(session.info, visible(session))


def check_format(format: str) -> None:
    """Refuse an unknown format before anything is fetched.

    Raises:
        ValueError: the format is unknown.
    """
    if format not in export.FORMATS:
        raise ValueError(f"There is no format {format!r}; there are {', '.join(export.FORMATS)}.")
