"""The classic dialect: `GET /events` with camel-case ids and whole parts.

It is the protocol of the brief that this project grew from. No released OpenCode server is known to speak it.

Two kinds of event matter:

    {"type": "message_updated", "sessionId", "messageId", "parts": [...], "status": "streaming" | "complete" | "error" | ...,
     "role"?, "parentId"?, "error"?, "time"?}
    {"type": "session_updated", "session": {"id", "title"?, "parentId"?, "agent"?, "model"?, "createdAt"?, "updatedAt"?}}

There are no deltas: each message_updated states all parts as they are now. A part without an id is identified by its index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import events as e
from ..entities import (
    BUSY,
    IDLE,
    JSON,
    FileInfo,
    MessageInfo,
    NoteInfo,
    PartInfo,
    Problem,
    Role,
    SessionInfo,
    TextInfo,
    ToolInfo,
    ToolState,
)
from . import Decoded, common
from .common import Envelope, Events
from .read import mapping, maybe, need, number, objects, sub, text

RUNNING = frozenset({"streaming", "sending", "pending", "running"})


def decode(data: Any) -> Decoded:
    """Decode one event of the stream; see `common.decode`."""
    return common.decode(data, _open_envelope, DECODERS)


def _open_envelope(data: JSON) -> Envelope:
    return data, (data,), None, None


def session_info(value: Any) -> SessionInfo:
    """A session of the server; raises BadField."""
    session = mapping(value, "session")
    return SessionInfo(
        id=need(session, "id"),
        title=text(session, "title"),
        parent=maybe(session, "parentId"),
        created=number(session, "createdAt") or 0,
        updated=number(session, "updatedAt") or number(session, "createdAt") or 0,
        agent=maybe(session, "agent"),
        model=_model(session.get("model")),
    )


def _model(value: Any) -> str | None:
    if isinstance(value, dict):
        return "/".join(filter(None, (text(value, "providerId"), text(value, "modelId")))) or None
    return value if isinstance(value, str) and value else None


def message(value: Any) -> e.LoadedMessage:
    """A message of the server with its parts; raises BadField."""
    data = mapping(value, "message")
    id, state = maybe(data, "messageId") or need(data, "id"), text(data, "status")
    created = number(data, "timestamp") or number(data, "createdAt") or 0
    running = state in RUNNING
    info = MessageInfo(
        id=id,
        session_id=need(data, "sessionId"),
        role=_role(data),
        created=created,
        completed=None if running else number(data, "completedAt") or created,
        parent=maybe(data, "parentId"),
        error=_problem(data, state),
    )
    return e.LoadedMessage(info, _parts(id, data, running=running))


def _role(data: JSON) -> Role:
    """The role; UNKNOWN where the event does not name one, as in the brief."""
    named = maybe(data, "role") or text(data, "type")
    return Role(named) if named in ("user", "assistant") else Role.UNKNOWN


def _problem(data: JSON, state: str) -> Problem | None:
    error = data.get("error")
    if state != "error" and not error:
        return None
    words = text(sub(data, "error"), "message") or (error if isinstance(error, str) else "")
    return Problem("UnknownError", words or "The message failed.")


def _parts(message_id: str, data: JSON, *, running: bool) -> tuple[PartInfo, ...]:
    return tuple(
        _part(part, maybe(part, "id") or f"{message_id}:{place}", running=running)
        for place, part in enumerate(objects(data.get("parts")))
    )


def _part(part: JSON, id: str, *, running: bool) -> PartInfo:
    kind = text(part, "type")
    if kind in ("text", "reasoning"):
        reasoning = kind == "reasoning"
        return TextInfo(id, "reasoning" if reasoning else "text", text(part, "text"), ended=not running)
    if kind in ("tool", "tool_call"):
        return _tool(part, id)
    if kind == "file":
        return FileInfo(id, text(part, "mime"), text(part, "filename"), text(part, "url"))
    return NoteInfo(id, kind or "?", data=part, hidden=True)


TOOL_STATES = {
    "pending": ToolState.PENDING,
    "running": ToolState.RUNNING,
    "completed": ToolState.COMPLETED,
    "complete": ToolState.COMPLETED,
    "error": ToolState.ERROR,
}


def _tool(part: JSON, id: str) -> ToolInfo:
    state = sub(part, "state") or part
    return ToolInfo(
        id,
        text(part, "tool") or text(part, "name") or "tool",
        state=TOOL_STATES.get(text(state, "status"), ToolState.RUNNING),
        title=text(state, "title"),
        input=sub(state, "input"),
        output=text(state, "output"),
        error=text(state, "error"),
    )


def _message_updated(data: JSON) -> Events:
    loaded = message(data)
    session_id, id = loaded.info.session_id, loaded.info.id
    running = loaded.info.completed is None
    spoken: Events = (
        e.MessageUpserted(session_id=session_id, message_id=id, info=loaded.info),
        *(e.PartUpserted(session_id=session_id, message_id=id, part=part) for part in loaded.parts),
    )
    if loaded.info.role is Role.USER:
        return spoken
    return (e.StatusChanged(session_id=session_id, status=BUSY if running else IDLE), *spoken)


def _session_updated(data: JSON) -> Events:
    info = session_info(data.get("session"))
    return (e.SessionUpserted(session_id=info.id, info=info),)


def _session_deleted(data: JSON) -> Events:
    return (e.SessionRemoved(session_id=maybe(data, "sessionId") or need(sub(data, "session"), "id")),)


DECODERS: dict[str, Callable[[JSON], Events]] = {
    "message_updated": _message_updated,
    "session_updated": _session_updated,
    "session_created": _session_updated,
    "session_deleted": _session_deleted,
    "server_connected": lambda _: (e.Greeted(),),
    "heartbeat": lambda _: (e.Heartbeat(),),
}
