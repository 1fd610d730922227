"""OpenCode 2.x in its earlier spelling, as 1.18 serves it under `/api`: translated into the events of 2.1.

Its runtime's events begin with `session.next.`, have a `timestamp` in their data where 2.1 has `created` beside it, and name some fields
otherwise. It says nothing of executions, so its prompts and steps tell when a session works. All else in the same stream is of 1.x.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.read import mapping, maybe, number, objects, sub, text
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.entities import JSON

PREFIX = "session.next."


def decode(data: Any) -> Decoded:
    """One event of `GET /api/event` or `GET /api/session/{id}/event`; see `v2.decode`."""
    if not isinstance(data, dict) or not text(data, "type").startswith(PREFIX):
        decoded = v1.decode(data)
        events = (e.CatalogueStale(),) if decoded.name == "catalog.updated" else decoded.events
        return Decoded(events, decoded.name, _directory(data), v2.decode(data).log_position)
    reported = [v2.decode(event) for event in _retold(data)]
    events = tuple(event for decoded in reported for event in decoded.events)
    return Decoded(events, text(data, "type"), reported[0].directory, reported[0].log_position)


def _directory(data: Any) -> str | None:
    return maybe(sub(data, "location"), "directory") if isinstance(data, dict) else None


def _retold(event: JSON) -> list[JSON]:
    """The event, and what 2.1 would say beside it of the session's work."""
    name, data = text(event, "type").removeprefix(PREFIX), sub(event, "data")
    changed = {**data, **FIELDS.get(name, _as_it_is)(data)}
    changes = {
        **event,
        "type": f"session.{NAMES.get(name, name)}",
        "data": changed,
        "created": number(data, "timestamp") or 0,
    }
    works = WORKS[name](data) if name in WORKS else ""
    if not works:
        return [changes]
    # Its own id, so that neither is taken for the other.
    return [changes, {**changes, "id": f"{text(event, 'id')}/works", "type": f"session.execution.{works}"}]


def _as_it_is(data: JSON) -> JSON:
    return data


NAMES = {
    "prompt.admitted": "inbox.enqueued",
    "prompted": "inbox.delivered",
    "agent.switched": "agent.selected",
    "model.switched": "model.selected",
    "context.updated": "instructions.updated",
    "retried": "retry.scheduled",
}

WORKS: dict[str, Callable[[JSON], str]] = {
    "prompted": lambda _: "started",
    "step.ended": lambda data: "" if text(data, "finish") == "tool-calls" else "succeeded",
    "step.failed": lambda _: "interrupted",
    # A "no" to a permission ends the turn with this alone.
    "tool.failed": lambda data: "interrupted" if text(sub(data, "error"), "message") == CUT else "",
}
CUT = "Tool execution interrupted"


def _prompt(data: JSON) -> JSON:
    item = {"type": "user", "payload": prompt(sub(data, "prompt")), "delivery": text(data, "delivery")}
    return {"inboxID": data.get("messageID"), "item": item}


def _call(data: JSON) -> JSON:
    return {"id": data.get("callID"), "metadata": sub(data, "structured"), "error": data.get("error")}


def _shell(data: JSON) -> JSON:
    command = {"id": data.get("callID"), "command": text(data, "command")}
    return {"shell": command, "output": {"output": text(data, "output")}}


def _failed(data: JSON) -> JSON:
    return {"error": error(data.get("error"))}


FIELDS: dict[str, Callable[[JSON], JSON]] = {
    "prompt.admitted": _prompt,
    "prompted": lambda data: {"inboxID": data.get("messageID")},
    **dict.fromkeys(("text.started", "text.delta", "text.ended"), lambda data: {"ordinal": data.get("textID")}),
    **dict.fromkeys(
        ("reasoning.started", "reasoning.delta", "reasoning.ended"), lambda data: {"ordinal": data.get("reasoningID")}
    ),
    **dict.fromkeys(("tool.input.started", "tool.input.delta", "tool.input.ended", "tool.called"), _call),
    **dict.fromkeys(("tool.progress", "tool.success", "tool.failed"), _call),
    **dict.fromkeys(("shell.started", "shell.ended"), _shell),
    "step.failed": _failed,
    "compaction.started": lambda data: {"inputID": data.get("messageID")},
    # Its runtime takes away what comes after, and leaves the prompt itself.
    "revert.committed": lambda data: {"to": data.get("messageID"), "stays": True},
}


def waiting(events: Any) -> list[JSON]:
    """The items of an inbox, of which there is no list: the prompts in a session's log that were let in, and not yet delivered."""
    items: dict[str, JSON] = {}
    for event in objects(events):
        name, data = text(event, "type").removeprefix(PREFIX), sub(event, "data")
        id = text(data, "messageID")
        if name == "prompt.admitted":
            items[id] = {**_prompt(data)["item"], "id": id, "time": {"created": number(data, "timestamp")}}
        elif name == "prompted":
            items.pop(id, None)
    return list(items.values())


# ---- objects ----------------------------------------------------------------------------------------------------------


def error(value: Any) -> Any:
    """Its errors have no kinds; that of a stop is recognised by its words."""
    return {**value, "type": "aborted"} if isinstance(value, dict) and text(value, "message") in STOPPED else value


STOPPED = {"Provider turn interrupted"}


def prompt(value: JSON) -> JSON:
    """A prompt of the earlier spelling: `source` is where in the text it is named."""
    files = [{**file, "source": {"type": "uri", "uri": text(file, "uri")}} for file in objects(value.get("files"))]
    return {**value, "files": files}


def prompt_body(body: JSON) -> JSON:
    """A prompt that is sent: in an envelope, and `source` is where in the text a name stands."""
    named = {kind: [_sourced(item) for item in objects(body.get(kind))] for kind in ("files", "agents")}
    beside = {name: body[name] for name in ("id", "delivery") if name in body}
    return {**beside, "prompt": {"text": text(body, "text"), **named}}


def _sourced(item: JSON) -> JSON:
    return {"source" if name == "mention" else name: value for name, value in item.items()}


def message(value: Any) -> JSON:
    """A message of the earlier spelling, in 2.1's; raises BadField."""
    data = mapping(value, "message")
    return {**data, **MESSAGES.get(text(data, "type"), _as_it_is)(data)}


def _assistant(data: JSON) -> JSON:
    return {"content": [_piece(part) for part in objects(data.get("content"))], "error": error(data.get("error"))}


def _piece(piece: JSON) -> JSON:
    if text(piece, "type") != "tool":
        return {**piece, "ordinal": piece.get("id")}
    state = sub(piece, "state")
    status = text(state, "status").replace("pending", "streaming")
    return {**piece, "state": {**state, "status": status, "metadata": sub(state, "structured")}}


MESSAGES: dict[str, Callable[[JSON], JSON]] = {
    "user": prompt,
    "assistant": _assistant,
    "shell": lambda data: {"shellID": data.get("callID"), "output": {"output": text(data, "output")}},
    "compaction": lambda _: {"status": "completed"},
}
