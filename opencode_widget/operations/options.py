"""What a Python caller chose for a prompt, checked and complete: files are read, so that the server can be asked.

`PromptOptions` itself stands in `server/api.py`, for the clients take it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..model.entities import Delivery
from ..server.api import DEFAULTS, Attachment, PromptOptions
from .files.attachments import File, read

__all__ = ["DEFAULTS", "PromptOptions", "prompt_options", "prompt_text"]


def prompt_text(text: object) -> str:
    """The text of a prompt.

    Raises:
        TypeError: it is no string.
        ValueError: it is empty, or white space alone.
    """
    if not isinstance(text, str):
        raise TypeError(f"A prompt is a str, not {type(text).__name__}.")
    if not text.strip():
        raise ValueError("The prompt is empty.")
    return text


async def prompt_options(
    *,
    agent: str | None = None,
    model: str | None = None,
    variant: str | None = None,
    files: Sequence[File] = (),
    delivery: Delivery | None = None,
) -> PromptOptions:
    """The options of a prompt, with its files read from the disk on a thread.

    Args:
        agent: the name of an agent; None: the server's choice.
        model: "provider/id"; None: the server's choice.
        variant: a variant of the model; None: the server's choice.
        files: paths, or Attachments that are complete already; 20 MB together at most.
        delivery: "steer" or "queue"; None: the server's choice.

    Raises:
        BadAttachment: a file cannot be read, or the files are too large together.
    """
    attached: tuple[Attachment, ...] = await asyncio.to_thread(read, files) if files else ()
    return PromptOptions(agent, model, variant, attached, delivery=delivery)
