"""OpenCode 2.x: the events of `GET /api/event` and of the log of a session.

An event is `{id, type, data, created, location?, durable?}`. What is kept for good says so in `durable`, with the session and the number of
the event among that session's; the rest (deltas, progress, status) is heard once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ... import events as e
from ...entities import BUSY, IDLE, JSON, Activity, MessageInfo, Problem, Role, Status, TextInfo, ToolInfo, ToolState
from .. import Decoded
from ..read import BadField, mapping, maybe, need, number, sub, text, whole
from ..v1.objects import status
from . import objects
from .forms import form

# ---- the envelope -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says: its data, when (ms since 1970), and the id of the event."""

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
        """The id of the message that this event begins: the event's own, as a message's."""
        return maybe(self.data, "messageID") or f"msg_{self.id.removeprefix('evt_')}"

    def part(self, kind: str) -> str:
        """Our id for the text or tool that it is about."""
        number = need(self.data, "id") if kind == "tool" else self.data.get("ordinal", 0)
        return objects.part_id(self.message, kind, number)


def decode(data: Any) -> Decoded:
    """One event of the stream, or of a session's log.

    Args:
        data: the JSON of the event; anything.

    Returns:
        Its events: Unknown for a type that we don't know, Malformed for one that lacks what it must have.
    """
    if not isinstance(data, dict):
        return Decoded((e.Malformed(name="?", reason="not an object"),), "?")
    name = text(data, "type") or "?"
    return Decoded(_events(name, data), name, maybe(sub(data, "location"), "directory"), _place(sub(data, "durable")))


def _place(durable: JSON) -> tuple[str, int] | None:
    session, seq = maybe(durable, "aggregateID"), number(durable, "seq")
    return None if session is None or seq is None else (session, int(seq))


def _events(name: str, data: JSON) -> tuple[e.Event, ...]:
    decoder = DECODERS.get(name)
    if decoder is None:
        return () if name in NOISE else (e.Unknown(name=name, data=data),)
    id = maybe(data, "id")
    try:
        return tuple(_numbered(id, decoder(Said(sub(data, "data"), number(data, "created") or 0, id or ""))))
    except BadField as problem:
        return (e.Malformed(name=name, reason=str(problem)),)


def _numbered(id: str | None, events: Iterable[e.Event]) -> Iterable[e.Event]:
    """One event of theirs may be several of ours: each is known again by an id of its own."""
    for count, event in enumerate(events):
        yield event if id is None else replace(event, id=f"{id}/{count}" if count else id)


Events = tuple[e.Event, ...]
Decoder = Callable[[Said], Events]

# ---- sessions ---------------------------------------------------------------------------------------------------------


def _created(said: Said) -> Events:
    data = {**said.data, "id": said.session, "time": {"created": said.at}}
    return (e.SessionUpserted(session_id=said.session, info=objects.session_info(data), created=True),)


def _patched(read: Callable[[Said], JSON]) -> Decoder:
    return lambda said: (e.SessionPatched(session_id=said.session, changes=read(said)),)


def _model(said: Said) -> JSON:
    model = sub(said.data, "model")
    return {"model": objects.model_name(model), "variant": objects.variant(model)}


def _usage(said: Said) -> JSON:
    return {"cost": number(said.data, "cost"), "tokens": objects.tokens(said.data.get("tokens"))}


def _works(state: Status) -> Decoder:
    return lambda said: (e.StatusChanged(session_id=said.session, status=state),)


def _status(said: Said) -> Events:
    return (e.StatusChanged(session_id=said.session, status=status(said.data.get("status"))),)


def _retries(said: Said) -> Events:
    reason = objects.problem(said.data.get("error"))
    words = reason.message if reason is not None else ""
    state = Status(Activity.RETRY, words, whole(said.data, "attempt"), number(said.data, "at") or 0)
    return (e.StatusChanged(session_id=said.session, status=state),)


def _failed(said: Said) -> Events:
    return (
        e.SessionErrored(session_id=said.session, problem=_problem(said)),
        e.StatusChanged(session_id=said.session, status=IDLE),
    )


def _problem(said: Said) -> Problem:
    reason = objects.problem(said.data.get("error"))
    return reason or Problem("UnknownError", "The server reports an error without saying which.")


def _toast(said: Said) -> Events:
    if text(said.data, "variant") not in ("warning", "error"):
        return ()
    title, words = text(said.data, "title"), text(said.data, "message")
    return (e.SessionErrored(session_id=None, problem=Problem(title or "OpenCode", words)),)


def _committed(said: Said) -> Events:
    return (
        e.MessagesRemoved(
            session_id=said.session, message_id=need(said.data, "to"), at=said.at, stays="stays" in said.data
        ),
        e.SessionPatched(session_id=said.session, changes={"revert": None}),
    )


# ---- prompts and other messages ---------------------------------------------------------------------------------------


def _enqueued(said: Said) -> Events:
    id, item = need(said.data, "inboxID"), sub(said.data, "item")
    if text(item, "type") not in objects.QUEUED:  # a compaction or a move that waits is nothing to read yet
        return ()
    return _message(*objects.queued(said.session, id, item, said.at))


def _message(info: MessageInfo, parts: Iterable[Any]) -> Events:
    return (
        e.MessageUpserted(session_id=info.session_id, message_id=info.id, info=info),
        *(e.PartUpserted(session_id=info.session_id, message_id=info.id, part=part) for part in parts),
    )


def _delivered(said: Said) -> Events:
    return (e.PromptDelivered(session_id=said.session, message_id=need(said.data, "inboxID"), at=said.at),)


def _redelivered(said: Said) -> Events:
    changes = {"delivery": objects.delivery(said.data)}
    return (e.MessagePatched(session_id=said.session, message_id=need(said.data, "inboxID"), changes=changes),)


def _cancelled(said: Said) -> Events:
    return (e.MessageRemoved(session_id=said.session, message_id=need(said.data, "inboxID")),)


def _appended(read: Callable[[str, str, JSON], objects.Read]) -> Decoder:
    """An event that is a message by itself."""
    return lambda said: _message(*read(said.session, said.own_message, {**said.data, "time": {"created": said.at}}))


def _shell_started(said: Said) -> Events:
    shell = sub(said.data, "shell")
    return _message(
        *objects.shell(said.session, "", {**shell, "shellID": text(shell, "id"), "time": {"created": said.at}})
    )


def _shell_ended(said: Said) -> Events:
    shell = sub(said.data, "shell")
    id, tool = need(shell, "id"), objects.shell_tool(shell, sub(said.data, "output"), None, said.at)
    changes = {"state": tool.state, "output": tool.output, "metadata": tool.metadata, "finished": said.at}
    return (
        e.PartPatched(session_id=said.session, message_id=id, part_id=tool.id, changes=changes),
        e.MessagePatched(session_id=said.session, message_id=id, changes={"completed": said.at}),
    )


def _summary_started(said: Said) -> Events:
    id = maybe(said.data, "inputID") or said.own_message
    info = MessageInfo(id, said.session, Role.ASSISTANT, said.at, summary=True)
    return _message(info, [TextInfo(objects.summary_part(id))])


def _summary_delta(said: Said) -> Events:
    return (
        e.PartDelta(session_id=said.session, message_id=e.SUMMARY, part_id=e.SUMMARY, text=text(said.data, "text")),
    )


def _summary_ended(said: Said) -> Events:
    model = sub(said.data, "model")
    about = {
        "completed": said.at,
        "model": objects.model_name(model),
        "variant": objects.variant(model),
        **_usage(said),
    }
    part = {"text": text(said.data, "text"), "ended": True}
    return (
        e.PartPatched(session_id=said.session, message_id=e.SUMMARY, part_id=e.SUMMARY, changes=part),
        e.MessagePatched(session_id=said.session, message_id=e.SUMMARY, changes=about),
    )


def _summary_failed(said: Said) -> Events:
    changes = {"completed": said.at, "error": _problem(said), **_usage(said)}
    return (
        e.MessagePatched(session_id=said.session, message_id=e.SUMMARY, changes=changes),
        e.SessionErrored(session_id=said.session, problem=_problem(said)),
    )


def _rewritten(said: Said) -> Events:
    id = need(said.data, "messageID")
    parts = objects.content(id, said.data.get("content"))
    return tuple(e.PartUpserted(session_id=said.session, message_id=id, part=part) for part in parts)


# ---- steps of an answer -----------------------------------------------------------------------------------------------


def _step_started(said: Said) -> Events:
    data = {**said.data, "time": {"created": number(said.data, "started") or said.at}}
    info, _ = objects.assistant(said.session, said.message, data)
    began = e.AnswerBegan(session_id=said.session, message_id=info.id, info=info, at=said.at)
    return (began, *_works(BUSY)(said))  # a retry that was waited for ends with it, too


def _step_ended(said: Said) -> Events:
    changes = {"completed": said.at, "finish": maybe(said.data, "finish"), **_usage(said)}
    return (e.MessagePatched(session_id=said.session, message_id=said.message, changes=changes),)


def _step_failed(said: Said) -> Events:
    finish = maybe(said.data, "finish") or "error"
    told = {name: value for name, value in _usage(said).items() if value is not None}
    changes = {"completed": said.at, "finish": finish, "error": _problem(said), **told}
    return (e.MessagePatched(session_id=said.session, message_id=said.message, changes=changes),)


def _text_started(said: Said) -> Events:
    return (e.PartUpserted(session_id=said.session, message_id=said.message, part=TextInfo(said.part("text"))),)


def _reasoning_started(said: Said) -> Events:
    part = TextInfo(said.part("reasoning"), "reasoning", started=said.at)
    return (e.PartUpserted(session_id=said.session, message_id=said.message, part=part),)


def _text_ended(said: Said) -> Events:
    part = TextInfo(said.part("text"), text=text(said.data, "text"), ended=True)
    return (e.PartUpserted(session_id=said.session, message_id=said.message, part=part),)


def _reasoning_ended(said: Said) -> Events:
    changes = {"text": text(said.data, "text"), "ended": True, "finished": said.at}
    return (_part_patched(said, "reasoning", changes),)


def _delta(kind: str, field: Any = "text") -> Decoder:
    return lambda said: (
        e.PartDelta(
            session_id=said.session,
            message_id=said.message,
            part_id=said.part(kind),
            text=text(said.data, "delta"),
            field=field,
        ),
    )


def _part_patched(said: Said, kind: str, changes: JSON) -> e.PartPatched:
    return e.PartPatched(session_id=said.session, message_id=said.message, part_id=said.part(kind), changes=changes)


# ---- tools ------------------------------------------------------------------------------------------------------------


def _tool_started(said: Said) -> Events:
    part = ToolInfo(said.part("tool"), text(said.data, "name") or "tool", need(said.data, "id"), started=said.at)
    return (e.PartUpserted(session_id=said.session, message_id=said.message, part=part),)


def _tool_written(said: Said) -> Events:
    return (_part_patched(said, "tool", {"raw": text(said.data, "text")}),)


def _tool_called(said: Said) -> Events:
    input = mapping(said.data.get("input"), "input")
    ran = _part_patched(said, "tool", {"state": ToolState.RUNNING, "input": input, "raw": "", "started": said.at})
    todos = objects.todos_of_call(input)
    return (ran,) if todos is None else (ran, e.TodosChanged(session_id=said.session, todos=todos))


def _tool_progress(said: Said) -> Events:
    told = objects.said_of_tool(said.message, need(said.data, "id"), said.data)
    return (_part_patched(said, "tool", {name: value for name, value in told.items() if value}),)


def _tool_over(state: ToolState) -> Decoder:
    def over(said: Said) -> Events:
        told = objects.said_of_tool(said.message, need(said.data, "id"), said.data)
        changes = {**told, "state": state, "error": objects.error_words(said.data.get("error")), "finished": said.at}
        return (_part_patched(said, "tool", {**changes, "raw": ""}),)

    return over


# ---- requests ---------------------------------------------------------------------------------------------------------


def _permission_asked(said: Said) -> Events:
    request = objects.permission(said.data)
    return (e.Asked(session_id=request.session_id, request=request),)


def _permission_replied(said: Said) -> Events:
    outcome = text(said.data, "reply") or text(said.data, "decision")
    return (e.Answered(session_id=said.session, request_id=need(said.data, "requestID"), outcome=outcome),)


def _form_created(said: Said) -> Events:
    request = form(said.data.get("form"))
    return (e.Asked(session_id=request.session_id, request=request),)


def _form_settled(outcome: str) -> Decoder:
    return lambda said: (e.Answered(session_id=said.session, request_id=need(said.data, "id"), outcome=outcome),)


# ---- the tables -------------------------------------------------------------------------------------------------------


def _always(event: type[e.Event]) -> Decoder:
    return lambda said: (event(),)


DECODERS: dict[str, Decoder] = {
    "server.connected": _always(e.Greeted),
    "location.shutdown": _always(e.Disposed),
    "session.created": _created,
    "session.deleted": lambda said: (e.SessionRemoved(session_id=said.session),),
    "session.forked": lambda said: (e.HistoryRewritten(session_id=said.session),),
    "session.renamed": _patched(lambda said: {"title": text(said.data, "title"), "updated": said.at}),
    "session.archived": _patched(lambda said: {"archived": said.at}),
    "session.unarchived": _patched(lambda said: {"archived": None}),
    "session.agent.selected": _patched(lambda said: {"agent": maybe(said.data, "agent")}),
    "session.model.selected": _patched(_model),
    "session.moved": _patched(lambda said: {"directory": maybe(sub(said.data, "location"), "directory")}),
    "session.usage.updated": _patched(_usage),
    "session.revert.staged": _patched(lambda said: {"revert": need(sub(said.data, "revert"), "messageID")}),
    "session.revert.cleared": _patched(lambda said: {"revert": None}),
    "session.revert.committed": _committed,
    "session.status": _status,
    "session.idle": _works(IDLE),
    "session.execution.started": _works(BUSY),
    "session.execution.succeeded": _works(IDLE),
    "session.execution.interrupted": _works(IDLE),
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
        ("agent.updated", "command.updated", "config.updated", "model.updated", "provider.updated", "skill.updated"),
        _always(e.CatalogueStale),
    ),
}

# What is said and changes nothing that is shown here, and why.
NOISE = {
    "log.synced": "the end of a replay; who asked for one sees it by its name",
    "session.step.streamed": "the end of the step follows, with what it cost",
    "session.usage.recorded": "session.usage.updated states the sum",
    "session.viewed": "what another client's person has seen",
    "session.metadata.updated": "other clients' notes",
    "session.permissions": "rules; what they ask for is asked",
    "session.instructions.updated": "words for the model",
    **dict.fromkeys(
        ("mcp.status.changed", "mcp.resources.changed", "websearch.updated"), "asked for when it is looked at"
    ),
    **dict.fromkeys(("vcs.branch.updated", "filesystem.changed", "project.updated"), "not shown"),
    **dict.fromkeys(("worktree.resolved", "worktree.updated", "reference.updated", "plugin.updated"), "not shown"),
    **dict.fromkeys(
        ("credential.switched", "credential.updated", "integration.updated"), "the models that it brings are told"
    ),
    **dict.fromkeys(
        ("installation.updated", "installation.update-available", "models-dev.refreshed"), "not ours to act on"
    ),
    **dict.fromkeys(("pty.created", "pty.updated", "pty.exited", "pty.deleted"), "terminals, which are not shown here"),
    **dict.fromkeys(("persistent-pty.added", "persistent-pty.removed"), "terminals, which are not shown here"),
    **dict.fromkeys(("shell.created", "shell.exited", "shell.deleted"), "the session's own events tell of its shells"),
    **dict.fromkeys(("tui.command.execute", "tui.prompt.append", "tui.session.select"), "for the terminal's client"),
}
