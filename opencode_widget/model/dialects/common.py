"""Shared by the dialects: how a table decodes events, and the objects that every generation of OpenCode spells in the same way."""

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


# An unwrapped event: the event itself, whose `type` names it; the arguments of the decoder of its type; its folder, if the server names it;
# and its position in a log, if the server keeps one. A plain tuple, because one is made for each delta.
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
        open_envelope: unwraps an event of the dialect.
        decoders: the decoders by the type of the event.
        noise: types that are ignored.

    Returns:
        Our events for it: Unknown for an unknown type, Malformed for an event without a required field.
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

# The server's title for a session until the model has named it.
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


def window(limit: JSON) -> int | None:
    """The tokens that a model takes: its window, or less where it has a limit of its own for the input. None where neither is known."""
    known = [size for size in (whole(limit, "context"), whole(limit, "input")) if size > 0]
    return min(known, default=None)


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
    """The status of a session. An unknown one counts as busy, because it is not idle."""
    if not isinstance(value, dict):
        raise BadField("'status' is not an object")
    kind = text(value, "type")
    if kind == "retry":
        advice = sub(value, "action")
        return Status(
            Activity.RETRY,
            text(value, "message"),
            whole(value, "attempt"),
            number(value, "next") or 0,
            text(advice, "message") or text(advice, "title"),
            text(advice, "link"),
        )
    return Status(Activity.IDLE if kind == "idle" else Activity.BUSY)


def todos(value: Any) -> tuple[Todo, ...]:
    """A to-do list, up to `TODOS_BOUND` entries."""
    listed = objects(value)[:TODOS_BOUND]
    return tuple(
        Todo(shortened(text(item, "content"), TODO_BOUND), text(item, "status"), text(item, "priority"))
        for item in listed
    )


def todos_of_call(input: JSON) -> tuple[Todo, ...] | None:
    """The to-do list that a tool call writes, from its input; None for calls that write none."""
    listed = objects(input.get("todos"))
    if not isinstance(input.get("todos"), list) or not all("content" in item and "status" in item for item in listed):
        return None
    return todos(listed)


Mode = Literal["primary", "subagent", "all"]
MODES: dict[str, Mode] = {"subagent": "subagent", "all": "all"}


def agent_mode(agent: JSON) -> Mode:
    """Where an agent may be used. An unknown mode counts as primary."""
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
