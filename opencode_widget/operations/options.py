"""What a Python caller chose for a prompt, checked and complete: files are read, so that the server can be asked.

`PromptOptions` itself stands in `server/api.py`, for the clients take it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..context.names import near
from ..errors import OpenCodeError, UnknownName
from ..model.entities import Catalogue, Delivery
from ..server.api import DEFAULTS, Attachment, PromptOptions
from ..sync.runtime import InstanceRuntime
from . import services
from .files.attachments import File, read

__all__ = ["DEFAULTS", "PromptOptions", "check_choice", "prompt_options", "prompt_text", "unknown"]


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


# Names of which an error says that the server has them, where none is similar.
NAMED = 8


def unknown(catalogue: Catalogue, agent: str | None, model: str | None) -> UnknownName | None:
    """The error for an agent or a model that the server does not have; None where it has both, or names none itself."""
    models = [model.full_name for model in catalogue.models]
    agents = [agent.name for agent in catalogue.agents]
    for what, name, known in (("model", model, models), ("agent", agent, agents)):
        if name is not None and known and name not in known and name not in catalogue.unlisted:
            return _unknown(what, name, known)
    return None


def _unknown(what: str, name: str, known: list[str]) -> UnknownName:
    similar = near(name, known)
    listed = ", ".join(known[:NAMED])
    more = "" if len(known) <= NAMED else f" and {len(known) - NAMED} more"
    remedy = f"Did you mean {' or '.join(similar)}?" if similar else f"It has: {listed}{more}."
    words = f"The server has no {what} {name!r}. Nothing was sent."
    return UnknownName(words, remedy=remedy, name=name, near=tuple(similar))


async def check_choice(runtime: InstanceRuntime, *, agent: str | None = None, model: str | None = None) -> None:
    """Refuse an agent or a model that the server does not have. The server itself says so late, and often as a failed answer.

    What the kernel knows of them may be older than a change of the configuration, so the server is asked again before anything is refused.
    One that does not name its agents and models decides by itself.

    Raises:
        UnknownName: the server has no such agent or model.
    """
    if agent is None and model is None:
        return
    known = runtime.state.catalogue
    if known.agents and known.models and unknown(known, agent, model) is None:
        return
    try:
        now = await runtime.loop.run(services.catalogue(runtime))
    except OpenCodeError:
        return
    if (problem := unknown(now, agent, model)) is not None:
        raise problem


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
