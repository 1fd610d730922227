"""OpenCode 2.x: the events of `GET /api/event` and of the log of a session.

An event is `{id, type, data, created, location?, durable?}`. An event that the server keeps has `durable`, with its session and its
number in the log of that session. All others (deltas, progress, status) are sent once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ... import events as e
from ...entities import BUSY, IDLE, JSON, Activity, MessageInfo, Problem, Role, Status, TextInfo, ToolInfo, ToolState
from .. import Decoded, common
from ..common import UNNAMED, Envelope, Events, model_name, status, tokens, variant
from ..read import mapping, maybe, need, number, sub, text, whole
from . import objects
from .forms import form

# ---- the envelope -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event of the server: its data, its time (ms since 1970), and its id."""

    data: JSON
    at: float
    id: str

    @property
    def session(self) -> str:
        """The session that it is about; raises BadField."""
        return need(self.data, "sessionID")

    @property
    def message(self) -> str:
        """The assistant's message that it is about; raises BadField."""
        return need(self.data, "assistantMessageID")

    @property
    def own_message(self) -> str:
        """The id of the message that this event begins: the id of the event, with the prefix of messages."""
        return maybe(self.data, "messageID") or f"msg_{self.id.removeprefix('evt_')}"

    def part(self, kind: str) -> str:
        """Our id for the text or tool that it is about."""
        number = need(self.data, "id") if kind == "tool" else self.data.get("ordinal", 0)
        return objects.part_id(self.message, kind, number)


def decode(data: Any) -> Decoded:
    """Decode one event of the stream, or of a session's log; see `common.decode`."""
    return common.decode(data, _open_envelope, DECODERS, NOISE)


# The entry after which a session's log follows what is said now. It has the number of the newest event, which the log may lack.
SYNCED = "log.synced"


def decode_log(data: Any) -> Decoded:
    """Decode one entry of a session's log: an event, or the marker SYNCED with its number."""
    decoded = decode(data)
    if decoded.name == SYNCED:
        decoded.log_position = _log_position(data)
    return decoded


def _open_envelope(data: JSON) -> Envelope:
    raw = RawEvent(sub(data, "data"), number(data, "created") or 0, maybe(data, "id") or "")
    return data, (raw,), maybe(sub(data, "location"), "directory"), _log_position(sub(data, "durable"))


def _log_position(durable: JSON) -> tuple[str, int] | None:
    session, seq = maybe(durable, "aggregateID"), number(durable, "seq")
    return None if session is None or seq is None else (session, int(seq))


Decoder = Callable[[RawEvent], Events]


def _numbered(decoder: Decoder) -> Decoder:
    """One event of the server may be several of ours: each is recognised again by an id of its own."""

    def decode(raw: RawEvent) -> Events:
        events = decoder(raw)
        if not raw.id:
            return events
        if len(events) == 1:
            return (replace(events[0], id=raw.id),)
        return tuple(replace(event, id=f"{raw.id}/{count}" if count else raw.id) for count, event in enumerate(events))

    return decode


# ---- sessions ---------------------------------------------------------------------------------------------------------


def _created(raw: RawEvent) -> Events:
    data = {**raw.data, "id": raw.session, "time": {"created": raw.at}}
    return (e.SessionUpserted(session_id=raw.session, info=objects.session_info(data), created=True),)


def _patched(read: Callable[[RawEvent], JSON]) -> Decoder:
    return lambda raw: (e.SessionPatched(session_id=raw.session, changes=read(raw)),)


def _model(raw: RawEvent) -> JSON:
    model = sub(raw.data, "model")
    return {"model": model_name(model), "variant": variant(model)}


def _usage(raw: RawEvent) -> JSON:
    return {"cost": number(raw.data, "cost"), "tokens": tokens(raw.data.get("tokens"))}


def _works(state: Status) -> Decoder:
    return lambda raw: (e.StatusChanged(session_id=raw.session, status=state),)


def _status(raw: RawEvent) -> Events:
    return (e.StatusChanged(session_id=raw.session, status=status(raw.data.get("status"))),)


def _retries(raw: RawEvent) -> Events:
    reason = objects.problem(raw.data.get("error"))
    words = reason.message if reason is not None else ""
    state = Status(Activity.RETRY, words, whole(raw.data, "attempt"), number(raw.data, "at") or 0)
    return (e.StatusChanged(session_id=raw.session, status=state),)


def _failed(raw: RawEvent) -> Events:
    return (e.SessionErrored(session_id=raw.session, problem=_problem(raw)), *_ended(raw))


def _ended(raw: RawEvent) -> Events:
    """An execution ended. The server says nothing of the permissions that waited in it."""
    return (
        e.StatusChanged(session_id=raw.session, status=IDLE),
        e.RequestsWithdrawn(session_id=raw.session),
    )


def _problem(raw: RawEvent) -> Problem:
    return objects.problem(raw.data.get("error")) or UNNAMED


def _toast(raw: RawEvent) -> Events:
    if text(raw.data, "variant") not in ("warning", "error"):
        return ()
    title, words = text(raw.data, "title"), text(raw.data, "message")
    return (e.SessionErrored(session_id=None, problem=Problem(title or "OpenCode", words)),)


def _committed(raw: RawEvent) -> Events:
    return (
        e.MessagesRemoved(
            session_id=raw.session, message_id=need(raw.data, "to"), at=raw.at, stays="stays" in raw.data
        ),
        e.SessionPatched(session_id=raw.session, changes={"revert": None}),
    )


# ---- prompts and other messages ---------------------------------------------------------------------------------------


def _enqueued(raw: RawEvent) -> Events:
    id, item = need(raw.data, "inboxID"), sub(raw.data, "item")
    if text(item, "type") not in objects.QUEUED:  # a waiting compaction or move is no message yet
        return ()
    return _message(*objects.queued(raw.session, id, item, raw.at))


def _message(info: MessageInfo, parts: Iterable[Any]) -> Events:
    return (
        e.MessageUpserted(session_id=info.session_id, message_id=info.id, info=info),
        *(e.PartUpserted(session_id=info.session_id, message_id=info.id, part=part) for part in parts),
    )


def _delivered(raw: RawEvent) -> Events:
    return (e.PromptDelivered(session_id=raw.session, message_id=need(raw.data, "inboxID"), at=raw.at),)


def _redelivered(raw: RawEvent) -> Events:
    changes = {"delivery": objects.delivery(raw.data)}
    return (e.MessagePatched(session_id=raw.session, message_id=need(raw.data, "inboxID"), changes=changes),)


def _cancelled(raw: RawEvent) -> Events:
    return (e.MessageRemoved(session_id=raw.session, message_id=need(raw.data, "inboxID")),)


def _appended(read: Callable[[str, str, JSON], objects.Read]) -> Decoder:
    """An event that is a message by itself."""
    return lambda raw: _message(*read(raw.session, raw.own_message, {**raw.data, "time": {"created": raw.at}}))


def _shell_started(raw: RawEvent) -> Events:
    shell = sub(raw.data, "shell")
    id = need(shell, "id")
    message = objects.shell(raw.session, "", {**shell, "shellID": id, "time": {"created": raw.at}})
    return (*_message(*message), e.ShellChanged(session_id=raw.session, shell_id=id, running=True))


def _shell_ended(raw: RawEvent) -> Events:
    shell = sub(raw.data, "shell")
    id, tool = need(shell, "id"), objects.shell_tool(shell, sub(raw.data, "output"), None, raw.at)
    changes = {"state": tool.state, "output": tool.output, "metadata": tool.metadata, "finished": raw.at}
    return (
        e.PartPatched(session_id=raw.session, message_id=id, part_id=tool.id, changes=changes),
        e.MessagePatched(session_id=raw.session, message_id=id, changes={"completed": raw.at}),
        e.ShellChanged(session_id=raw.session, shell_id=id, running=False),
    )


def _summary_started(raw: RawEvent) -> Events:
    id = maybe(raw.data, "inputID") or raw.own_message
    info = MessageInfo(id, raw.session, Role.ASSISTANT, raw.at, summary=True)
    return _message(info, [TextInfo(objects.summary_part(id))])


def _summary_delta(raw: RawEvent) -> Events:
    return (e.PartDelta(session_id=raw.session, message_id=e.SUMMARY, part_id=e.SUMMARY, text=text(raw.data, "text")),)


def _summary_ended(raw: RawEvent) -> Events:
    model = sub(raw.data, "model")
    about = {
        "completed": raw.at,
        "model": model_name(model),
        "variant": variant(model),
        **_usage(raw),
    }
    part = {"text": text(raw.data, "text"), "ended": True}
    return (
        e.PartPatched(session_id=raw.session, message_id=e.SUMMARY, part_id=e.SUMMARY, changes=part),
        e.MessagePatched(session_id=raw.session, message_id=e.SUMMARY, changes=about),
    )


def _summary_failed(raw: RawEvent) -> Events:
    changes = {"completed": raw.at, "error": _problem(raw), **_usage(raw)}
    return (
        e.MessagePatched(session_id=raw.session, message_id=e.SUMMARY, changes=changes),
        e.SessionErrored(session_id=raw.session, problem=_problem(raw)),
    )


def _rewritten(raw: RawEvent) -> Events:
    id = need(raw.data, "messageID")
    parts = objects.content(id, raw.data.get("content"))
    return tuple(e.PartUpserted(session_id=raw.session, message_id=id, part=part) for part in parts)


# ---- steps of an answer -----------------------------------------------------------------------------------------------


def _step_started(raw: RawEvent) -> Events:
    data = {**raw.data, "time": {"created": number(raw.data, "started") or raw.at}}
    info, _ = objects.assistant(raw.session, raw.message, data)
    began = e.AnswerBegan(session_id=raw.session, message_id=info.id, info=info, at=raw.at)
    return (began, *_works(BUSY)(raw))  # it also ends the wait before a retry


def _step_ended(raw: RawEvent) -> Events:
    changes = {"completed": raw.at, "finish": maybe(raw.data, "finish"), **_usage(raw)}
    return (e.MessagePatched(session_id=raw.session, message_id=raw.message, changes=changes),)


def _step_failed(raw: RawEvent) -> Events:
    finish = maybe(raw.data, "finish") or "error"
    reported = {name: value for name, value in _usage(raw).items() if value is not None}
    changes = {"completed": raw.at, "finish": finish, "error": _problem(raw), **reported}
    return (e.MessagePatched(session_id=raw.session, message_id=raw.message, changes=changes),)


def _text_started(raw: RawEvent) -> Events:
    return (e.PartUpserted(session_id=raw.session, message_id=raw.message, part=TextInfo(raw.part("text"))),)


def _reasoning_started(raw: RawEvent) -> Events:
    part = TextInfo(raw.part("reasoning"), "reasoning", started=raw.at)
    return (e.PartUpserted(session_id=raw.session, message_id=raw.message, part=part),)


def _text_ended(raw: RawEvent) -> Events:
    part = TextInfo(raw.part("text"), text=text(raw.data, "text"), ended=True)
    return (e.PartUpserted(session_id=raw.session, message_id=raw.message, part=part),)


def _reasoning_ended(raw: RawEvent) -> Events:
    changes = {"text": text(raw.data, "text"), "ended": True, "finished": raw.at}
    return (_part_patched(raw, "reasoning", changes),)


def _delta(kind: str, field: Any = "text") -> Decoder:
    return lambda raw: (
        e.PartDelta(
            session_id=raw.session,
            message_id=raw.message,
            part_id=raw.part(kind),
            text=text(raw.data, "delta"),
            field=field,
        ),
    )


def _part_patched(raw: RawEvent, kind: str, changes: JSON) -> e.PartPatched:
    return e.PartPatched(session_id=raw.session, message_id=raw.message, part_id=raw.part(kind), changes=changes)


# ---- tools ------------------------------------------------------------------------------------------------------------


def _tool_started(raw: RawEvent) -> Events:
    part = ToolInfo(raw.part("tool"), text(raw.data, "name") or "tool", need(raw.data, "id"), started=raw.at)
    return (e.PartUpserted(session_id=raw.session, message_id=raw.message, part=part),)


def _tool_written(raw: RawEvent) -> Events:
    return (_part_patched(raw, "tool", {"raw": text(raw.data, "text")}),)


def _tool_called(raw: RawEvent) -> Events:
    input = mapping(raw.data.get("input"), "input")
    changes = {"state": ToolState.RUNNING, "input": input, "raw": "", "started": raw.at}
    return (_part_patched(raw, "tool", changes),)


def _tool_progress(raw: RawEvent) -> Events:
    changes = objects.tool_report(raw.message, need(raw.data, "id"), raw.data)
    return (_part_patched(raw, "tool", {name: value for name, value in changes.items() if value}),)


def _tool_over(state: ToolState) -> Decoder:
    def over(raw: RawEvent) -> Events:
        call = need(raw.data, "id")
        reported = objects.tool_report(raw.message, call, raw.data)
        changes = {**reported, "state": state, "error": objects.error_words(raw.data.get("error")), "finished": raw.at}
        return (
            _part_patched(raw, "tool", {**changes, "raw": ""}),
            e.RequestsWithdrawn(session_id=raw.session, call=call),
        )

    return over


# ---- requests ---------------------------------------------------------------------------------------------------------


def _permission_asked(raw: RawEvent) -> Events:
    request = objects.permission(raw.data)
    return (e.Asked(session_id=request.session_id, request=request),)


def _permission_replied(raw: RawEvent) -> Events:
    outcome = text(raw.data, "reply") or text(raw.data, "decision")
    return (e.Answered(session_id=raw.session, request_id=need(raw.data, "requestID"), outcome=outcome),)


def _form_created(raw: RawEvent) -> Events:
    request = form(raw.data.get("form"))
    return (e.Asked(session_id=request.session_id, request=request),)


def _form_settled(outcome: str) -> Decoder:
    return lambda raw: (e.Answered(session_id=raw.session, request_id=need(raw.data, "id"), outcome=outcome),)


# ---- the tables -------------------------------------------------------------------------------------------------------


def _always(event: type[e.Event]) -> Decoder:
    return lambda raw: (event(),)


_DECODERS: dict[str, Decoder] = {
    "server.connected": _always(e.Greeted),
    "location.shutdown": _always(e.Disposed),
    "session.created": _created,
    "session.deleted": lambda raw: (e.SessionRemoved(session_id=raw.session),),
    "session.forked": lambda raw: (e.HistoryRewritten(session_id=raw.session),),
    "session.renamed": _patched(lambda raw: {"title": text(raw.data, "title"), "updated": raw.at}),
    "session.archived": _patched(lambda raw: {"archived": raw.at}),
    "session.unarchived": _patched(lambda raw: {"archived": None}),
    "session.agent.selected": _patched(lambda raw: {"agent": maybe(raw.data, "agent")}),
    "session.model.selected": _patched(_model),
    "session.moved": _patched(lambda raw: {"directory": maybe(sub(raw.data, "location"), "directory")}),
    "session.usage.updated": _patched(_usage),
    "session.revert.staged": _patched(lambda raw: {"revert": need(sub(raw.data, "revert"), "messageID")}),
    "session.revert.cleared": _patched(lambda raw: {"revert": None}),
    "session.revert.committed": _committed,
    "session.status": _status,
    "session.idle": _works(IDLE),
    "session.execution.started": _works(BUSY),
    "session.execution.succeeded": _ended,
    "session.execution.interrupted": _ended,
    "session.execution.failed": _failed,
    "session.retry.scheduled": _retries,
    "session.inbox.enqueued": _enqueued,
    "session.inbox.delivered": _delivered,
    "session.inbox.cancelled": _cancelled,
    "session.inbox.delivery.changed": _redelivered,
    "session.synthetic": _appended(objects.synthetic),
    "session.skill.activated": _appended(objects.skill),
    "session.shell.started": _shell_started,
    "session.shell.ended": _shell_ended,
    "session.compaction.started": _summary_started,
    "session.compaction.delta": _summary_delta,
    "session.compaction.ended": _summary_ended,
    "session.compaction.failed": _summary_failed,
    "session.message.content.updated": _rewritten,
    "session.step.started": _step_started,
    "session.step.ended": _step_ended,
    "session.step.failed": _step_failed,
    "session.text.started": _text_started,
    "session.text.delta": _delta("text"),
    "session.text.ended": _text_ended,
    "session.reasoning.started": _reasoning_started,
    "session.reasoning.delta": _delta("reasoning"),
    "session.reasoning.ended": _reasoning_ended,
    "session.tool.input.started": _tool_started,
    "session.tool.input.delta": _delta("tool", "raw"),
    "session.tool.input.ended": _tool_written,
    "session.tool.called": _tool_called,
    "session.tool.progress": _tool_progress,
    "session.tool.success": _tool_over(ToolState.COMPLETED),
    "session.tool.failed": _tool_over(ToolState.ERROR),
    "permission.asked": _permission_asked,
    "permission.replied": _permission_replied,
    "form.created": _form_created,
    "form.replied": _form_settled("answered"),
    "form.cancelled": _form_settled("dismissed"),
    "tui.toast.show": _toast,
    **dict.fromkeys(
        (
            "agent.updated",
            "catalog.updated",
            "command.updated",
            "config.updated",
            "model.updated",
            "provider.updated",
            "skill.updated",
        ),
        _always(e.CatalogueStale),
    ),
}
DECODERS = {name: _numbered(decoder) for name, decoder in _DECODERS.items()}

# Events that change nothing that is shown here, and why.
NOISE = {
    "log.synced": "the end of a replay; whoever asked for the replay recognises it by its name",
    "session.step.streamed": "the end of the step follows, with what it cost",
    "session.usage.recorded": "session.usage.updated states the sum",
    "session.viewed": "what the user of another client has seen",
    "session.metadata.updated": "other clients' notes",
    "session.permissions": "rules; what they ask for is asked",
    "session.instructions.updated": "words for the model",
    **dict.fromkeys(
        ("mcp.status.changed", "mcp.resources.changed", "websearch.updated"), "asked for when it is looked at"
    ),
    **dict.fromkeys(("vcs.branch.updated", "filesystem.changed", "project.updated"), "not shown"),
    **dict.fromkeys(("worktree.resolved", "worktree.updated", "reference.updated", "plugin.updated"), "not shown"),
    "plugin.added": "not shown; some versions say it for each plugin at each connection",
    **dict.fromkeys(
        ("credential.switched", "credential.updated", "integration.updated"),
        "the server reports the models that it brings",
    ),
    **dict.fromkeys(
        ("installation.updated", "installation.update-available", "models-dev.refreshed"), "not ours to act on"
    ),
    **dict.fromkeys(("pty.created", "pty.updated", "pty.exited", "pty.deleted"), "terminals, which are not shown here"),
    **dict.fromkeys(("persistent-pty.added", "persistent-pty.removed"), "terminals, which are not shown here"),
    **dict.fromkeys(("shell.created", "shell.exited", "shell.deleted"), "the session's own events report its shells"),
    **dict.fromkeys(("tui.command.execute", "tui.prompt.append", "tui.session.select"), "for the terminal's client"),
}
