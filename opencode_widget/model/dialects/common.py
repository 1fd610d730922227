"""What the dialects share: how an event is decoded by a table, and the objects that every generation of OpenCode spells the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from .. import events as e
from ..entities import (
    ABORTED,
    JSON,
    TODO_BOUND,
    TODOS_BOUND,
    Activity,
    Problem,
    Status,
    Todo,
    Tokens,
)
from ..text.truncate import shortened
from . import Decoded
from .read import BadField, maybe, number, objects, sub, text, whole

# ---- events -----------------------------------------------------------------------------------------------------------

Events = tuple[e.Event, ...]


# An event without its wrapping: the event itself, whose `type` names it; what the decoder of its type takes; the folder that it is about,
# if the server says it; and its position in a log, if the server keeps it for good. A plain tuple, for there is one for each delta.
Envelope = tuple[JSON, tuple[Any, ...], str | None, tuple[str, int] | None]


def decode(
    data: Any,
    open_envelope: Callable[[JSON], Envelope],
    decoders: Mapping[str, Callable[..., Events]],
    noise: Collection[str] = (),
) -> Decoded:
    """Decode one event of a stream.

    Args:
        data: the JSON of the event; anything.
        open_envelope: how the dialect wraps an event.
        decoders: by the type of the event.
        noise: types that mean nothing to us.

    Returns:
        Its events: Unknown for a type that we don't know, Malformed for an event that lacks what it must have.
    """
    if not isinstance(data, dict):
        return Decoded((e.Malformed(name="?", reason="not an object"),), "?")
    payload, arguments, directory, log_position = open_envelope(data)
    name = text(payload, "type") or "?"
    decoder = decoders.get(name)
    events: Events
    if decoder is None:
        events = () if name in noise else (e.Unknown(name=name, data=payload),)
    else:
        try:
            events = decoder(*arguments)
        except BadField as problem:
            events = (e.Malformed(name=name, reason=str(problem)),)
    return Decoded(events, name, directory, log_position)


# ---- objects ----------------------------------------------------------------------------------------------------------

# What the server calls a session until it has made up a title.
PLACEHOLDER = re.compile(r"^(New session|Child session) - \d{4}-\d\d-\d\dT[\d:.]+Z$")


def session_title(session: JSON) -> str:
    """The title of a session; a placeholder without its time."""
    return PLACEHOLDER.sub(r"\1", text(session, "title"))


def model_name(model: JSON, key: str = "id") -> str | None:
    """A reference to a model as "provider/id"; `key` is the field of its id."""
    provider, id = text(model, "providerID"), text(model, key)
    return f"{provider}/{id}" if provider and id else None


def variant(holder: JSON) -> str | None:
    """The variant of a model; the server says "default" where none was chosen."""
    named = maybe(holder, "variant")
    return named if named != "default" else None


def tokens(value: Any) -> Tokens | None:
    """Counts of tokens; None where the server gives none."""
    if not isinstance(value, dict):
        return None
    cache = sub(value, "cache")
    return Tokens(
        whole(value, "input"),
        whole(value, "output"),
        whole(value, "reasoning"),
        whole(cache, "read"),
        whole(cache, "write"),
    )


def status(value: Any) -> Status:
    """What a session does; a status that we don't know counts as busy, for it is not idle."""
    if not isinstance(value, dict):
        raise BadField("'status' is not an object")
    kind = text(value, "type")
    if kind == "retry":
        return Status(Activity.RETRY, text(value, "message"), whole(value, "attempt"), number(value, "next") or 0)
    return Status(Activity.IDLE if kind == "idle" else Activity.BUSY)


def todos(value: Any) -> tuple[Todo, ...]:
    """A to-do list, of its first `TODOS_BOUND` entries."""
    listed = objects(value)[:TODOS_BOUND]
    return tuple(
        Todo(shortened(text(item, "content"), TODO_BOUND), text(item, "status"), text(item, "priority"))
        for item in listed
    )


Mode = Literal["primary", "subagent", "all"]
MODES: dict[str, Mode] = {"subagent": "subagent", "all": "all"}


def agent_mode(agent: JSON) -> Mode:
    """Where an agent may be used; one of a mode that we don't know counts as primary."""
    return MODES.get(text(agent, "mode"), "primary")


# ---- errors -----------------------------------------------------------------------------------------------------------

STOPPED = Problem(ABORTED, "Stopped.")
UNNAMED = Problem("UnknownError", "The server reports an error without saying which.")
# Remedies for what a provider or a model refuses.
CHECK_KEY = "Check the provider's API key (`opencode auth login`)."
COMPACT = "Compact the session, or go on in a new one."
CHOOSE_MODEL = "Choose another model."


def details(status: float | None) -> str:
    """An HTTP status of the provider in words; "" where there is none."""
    return f"HTTP status {status:.0f}" if status else ""
