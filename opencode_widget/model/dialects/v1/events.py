"""OpenCode 1.x: the events of `GET /global/event` and `GET /event`.

The spellings of earlier and later 1.x are accepted: an event at the top level or under `payload`, `properties` or `data`, the session's
id in `sessionID`, `info` or `part`; `permission.updated`, `.asked` and `.v2.asked`; a delta inside `message.part.updated`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import events as e
from ...entities import JSON, ToolInfo
from .. import Decoded, common
from ..common import UNNAMED, Envelope, Events, status, todos
from ..read import BadField, mapping, maybe, need, sub, text
from .objects import message_info, part_info, permission, problem, question, session_info

# ---- the envelope -----------------------------------------------------------------------------------------------------


def decode(data: Any) -> Decoded:
    """Decode one event of the stream; see `common.decode`."""
    return common.decode(data, _open_envelope, DECODERS, NOISE)


def _open_envelope(data: JSON) -> Envelope:
    payload = data["payload"] if isinstance(data.get("payload"), dict) else data
    properties = sub(payload, "properties") or sub(payload, "data")
    directory = maybe(data, "directory")
    return payload, (properties, maybe(payload, "id")), directory if directory != "global" else None, None


# ---- events -----------------------------------------------------------------------------------------------------------


def _session_id(p: JSON) -> str:
    for holder in (p, sub(p, "info"), sub(p, "part")):
        if found := maybe(holder, "sessionID"):
            return found
    raise BadField("'sessionID' is not a string")


def _session(p: JSON, id: str | None, *, created: bool = False) -> Events:
    info = session_info(p.get("info"))
    return (e.SessionUpserted(id=id, session_id=info.id, info=info, created=created),)


def _session_deleted(p: JSON, id: str | None) -> Events:
    return (e.SessionRemoved(id=id, session_id=maybe(p, "sessionID") or need(sub(p, "info"), "id")),)


def _status(p: JSON, id: str | None) -> Events:
    return (e.StatusChanged(id=id, session_id=_session_id(p), status=status(p.get("status"))),)


def _error(p: JSON, id: str | None) -> Events:
    return (e.SessionErrored(id=id, session_id=maybe(p, "sessionID"), problem=problem(p.get("error")) or UNNAMED),)


def _message(p: JSON, id: str | None) -> Events:
    info = message_info(p.get("info"))
    return (e.MessageUpserted(id=id, session_id=info.session_id, message_id=info.id, info=info),)


def _message_removed(p: JSON, id: str | None) -> Events:
    return (e.MessageRemoved(id=id, session_id=_session_id(p), message_id=need(p, "messageID")),)


def _part(p: JSON, id: str | None) -> Events:
    part, session_id = mapping(p.get("part"), "part"), _session_id(p)
    info, message_id = part_info(part), need(part, "messageID")
    stated = e.PartUpserted(id=id, session_id=session_id, message_id=message_id, part=info)
    if not isinstance(info, ToolInfo) or not info.ended or not info.call:
        return (stated,)
    # A stop ends the call, and leaves its requests in the server's list.
    return stated, e.RequestsWithdrawn(session_id=session_id, call=info.call, message_id=message_id)


def _delta(p: JSON, id: str | None) -> Events:
    if text(p, "field") != "text":
        return (e.Unknown(id=id, name=f"message.part.delta {text(p, 'field')}", data=p),)
    return (
        e.PartDelta(
            id=id,
            session_id=need(p, "sessionID"),
            message_id=need(p, "messageID"),
            part_id=need(p, "partID"),
            text=text(p, "delta"),
        ),
    )


def _part_removed(p: JSON, id: str | None) -> Events:
    return (
        e.PartRemoved(id=id, session_id=_session_id(p), message_id=need(p, "messageID"), part_id=need(p, "partID")),
    )


def _todos(p: JSON, id: str | None) -> Events:
    return (e.TodosChanged(id=id, session_id=_session_id(p), todos=todos(p.get("todos"))),)


def _permission_asked(p: JSON, id: str | None) -> Events:
    request = permission(p)
    return (e.Asked(id=id, session_id=request.session_id, request=request),)


def _permission_replied(p: JSON, id: str | None) -> Events:
    request_id = maybe(p, "requestID") or need(p, "permissionID")
    outcome = text(p, "reply") or text(p, "response")
    return (e.Answered(id=id, session_id=_session_id(p), request_id=request_id, outcome=outcome),)


def _question_asked(p: JSON, id: str | None) -> Events:
    request = question(p)
    return (e.Asked(id=id, session_id=request.session_id, request=request),)


def _question_settled(outcome: str) -> Callable[[JSON, str | None], Events]:
    def settled(p: JSON, id: str | None) -> Events:
        return (e.Answered(id=id, session_id=_session_id(p), request_id=need(p, "requestID"), outcome=outcome),)

    return settled


def _always(event: type[e.Event]) -> Callable[[JSON, str | None], Events]:
    return lambda p, id: (event(id=id),)


DECODERS: dict[str, Callable[[JSON, str | None], Events]] = {
    "server.connected": _always(e.Greeted),
    "server.heartbeat": _always(e.Heartbeat),
    "server.instance.disposed": _always(e.Disposed),
    "global.disposed": _always(e.Disposed),
    "session.created": lambda p, id: _session(p, id, created=True),
    "session.updated": _session,
    "session.deleted": _session_deleted,
    "session.status": _status,
    "session.error": _error,
    "session.compacted": lambda p, id: (e.HistoryRewritten(id=id, session_id=_session_id(p)),),
    "message.updated": _message,
    "message.removed": _message_removed,
    "message.part.updated": _part,
    "message.part.delta": _delta,
    "message.part.removed": _part_removed,
    "todo.updated": _todos,
    "permission.asked": _permission_asked,
    "permission.updated": _permission_asked,
    "permission.v2.asked": _permission_asked,
    "permission.replied": _permission_replied,
    "permission.v2.replied": _permission_replied,
    "question.asked": _question_asked,
    "question.v2.asked": _question_asked,
    "question.replied": _question_settled("answered"),
    "question.rejected": _question_settled("dismissed"),
    "question.v2.replied": _question_settled("answered"),
    "question.v2.rejected": _question_settled("dismissed"),
}

# Events of any 1.x without a use here. "sync" repeats each durable event with the same id; "session.idle" follows a status of idle.
NOISE = frozenset(
    {
        "sync",
        "session.idle",
        "session.diff",
        "plugin.added",
        "catalog.updated",
        "integration.updated",
        "reference.updated",
        "project.updated",
        "file.edited",
        "file.watcher.updated",
        "lsp.updated",
        "vcs.branch.updated",
        "command.executed",
        "mcp.tools.changed",
        "server.instance.created",
        # Up to 1.2, or in some later versions only.
        "lsp.client.diagnostics",
        "ide.installed",
        "storage.write",
        "session.next.agent.switched",
        "session.next.model.switched",
        "installation.updated",
        "installation.update-available",
        "mcp.browser.open.failed",
        # Of terminals, and of OpenCode's own terminal interface.
        "pty.created",
        "pty.updated",
        "pty.exited",
        "pty.deleted",
        "tui.prompt.append",
        "tui.command.execute",
        "tui.toast.show",
        "tui.session.select",
    }
)
