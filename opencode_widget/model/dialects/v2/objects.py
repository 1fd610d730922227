"""OpenCode 2.x: reads the objects of its routes and events as our infos.

Source: the 2.1 contract. The parts of its messages have no ids: a text is identified by its number among the texts of its message, a tool
by the id of its call. `part_id` makes ids of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ...entities import (
    JSON,
    Delivery,
    FileInfo,
    MessageInfo,
    NoteInfo,
    PartInfo,
    PermissionRequest,
    Problem,
    Role,
    SessionInfo,
    TextInfo,
    Todo,
    ToolInfo,
    ToolState,
    prompt_part,
)
from ..common import (
    CHECK_KEY,
    CHOOSE_MODEL,
    COMPACT,
    STOPPED,
    details,
    model_name,
    session_title,
    todos_of_call,
    tokens,
    variant,
)
from ..read import BadField, each, mapping, maybe, need, number, objects, strings, sub, text

# ---- sessions ---------------------------------------------------------------------------------------------------------


def session_info(value: Any) -> SessionInfo:
    """A SessionInfo of the server; raises BadField."""
    session = mapping(value, "session")
    time = sub(session, "time")
    return SessionInfo(
        id=need(session, "id"),
        title=session_title(session),
        parent=maybe(session, "parentID"),
        directory=maybe(sub(session, "location"), "directory"),
        created=number(time, "created") or 0,
        updated=number(time, "updated") or number(time, "created") or 0,
        archived=number(time, "archived"),
        agent=maybe(session, "agent"),
        model=model_name(sub(session, "model")),
        variant=variant(sub(session, "model")),
        cost=number(session, "cost"),
        tokens=tokens(session.get("tokens")),
        revert=maybe(sub(session, "revert"), "messageID"),
    )


def problem(value: Any) -> Problem | None:
    """A SessionStructuredError: `{type, message, status?}`; None where there is none."""
    if not isinstance(value, dict):
        return None
    name = text(value, "type") or "UnknownError"
    if name == "aborted":
        return STOPPED
    return Problem(name, text(value, "message") or name, REMEDIES.get(name, ""), details(number(value, "status")))


REMEDIES = {
    "provider.auth": CHECK_KEY,
    "provider.no-route": CHOOSE_MODEL,
    "provider.context-overflow": COMPACT,
}

# ---- messages ---------------------------------------------------------------------------------------------------------


def messages(session_id: str, values: Any) -> tuple[tuple[MessageInfo, tuple[PartInfo, ...]], ...]:
    """The messages of an answer, the oldest first, with their parts. Kinds without anything to read are left out.

    In some versions a prompt that waited keeps the time at which it was written, and yet is listed where its turn began. The order of the
    list counts, so its time is moved.
    """
    found: list[tuple[MessageInfo, tuple[PartInfo, ...]]] = []
    for value in objects(values):
        for info, parts in each([value], lambda item: _message(session_id, item)):
            least = found[-1][0].created if found else 0
            late = info.role is Role.USER and info.created <= least
            found.append((replace(info, created=least + 1) if late else info, parts))
    return tuple(found)


def _message(session_id: str, value: Any) -> tuple[MessageInfo, tuple[PartInfo, ...]]:
    message = mapping(value, "message")
    read = MESSAGES.get(text(message, "type"))
    if read is None:
        raise BadField("nothing to read")
    return read(session_id, need(message, "id"), message)


Read = tuple[MessageInfo, tuple[PartInfo, ...]]


def user(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageUser, or an item of the inbox as one."""
    return _info(session_id, id, Role.USER, message, queued=False), prompt_parts(id, message)


def waiting(session_id: str, values: Any) -> tuple[Read, ...]:
    """The prompts among the items of an inbox."""
    return each(values, lambda item: _inbox_item(session_id, mapping(item, "item")))


def _inbox_item(session_id: str, item: JSON) -> Read:
    return queued(session_id, need(item, "id"), item, number(sub(item, "time"), "created") or 0)


def queued(session_id: str, id: str, item: JSON, created: float) -> Read:
    """An item of an inbox as the message that it will become; raises BadField for other items (a compaction, a move)."""
    read = QUEUED.get(text(item, "type"))
    if read is None:
        raise BadField("not a message")
    info, parts = read(session_id, id, {**sub(item, "payload"), "time": {"created": created}})
    return replace(info, queued=True, delivery=delivery(item)), parts


def delivery(item: JSON) -> Delivery | None:
    """When the turn of an item of an inbox begins; None for an unknown way."""
    return DELIVERIES.get(text(item, "delivery"))


DELIVERIES: dict[str, Delivery] = {"steer": "steer", "queue": "queue"}


def prompt_parts(id: str, prompt: JSON) -> tuple[PartInfo, ...]:
    """The parts of a prompt: its text, its files, and the agents and skills that it names."""
    named = [("agent", agent) for agent in objects(prompt.get("agents"))]
    named += [("skill", skill) for skill in objects(prompt.get("skills"))]
    return (
        TextInfo(prompt_part(id), text=text(prompt, "text"), ended=True),
        *(_prompt_file(part_id(id, "file", at), file) for at, file in enumerate(objects(prompt.get("files")))),
        *(NoteInfo(part_id(id, kind, at), kind, f"@{text(item, 'name')}") for at, (kind, item) in enumerate(named)),
    )


def prompt_again(payload: JSON) -> dict[str, Any]:
    """A prompt without its text, in the form in which it is sent. The contents of its files are sent back as they were received."""
    again = {name: payload[name] for name in ("agents", "skills", "metadata") if name in payload}
    return {**again, "files": [_file_again(file) for file in objects(payload.get("files"))]}


def _file_again(file: JSON) -> JSON:
    kept = {name: file[name] for name in ("name", "description", "mention") if name in file}
    return {**kept, "uri": _uri(file)}


def _uri(file: JSON) -> str:
    """The URI of a file: a `file:` URL if the prompt mentions it, else its content."""
    uri = text(sub(file, "source"), "uri") or text(file, "uri")
    return uri or f"data:{text(file, 'mime')};base64,{text(file, 'data')}"


def _prompt_file(id: str, file: JSON) -> FileInfo:
    mime = text(file, "mime") or "application/octet-stream"
    uri = _uri(file)
    mentioned = uri.startswith("file:")
    url = f"data:{mime};base64,{data}" if mentioned and (data := text(file, "data")) else uri
    return FileInfo(id, mime, text(file, "name"), url, uri.removeprefix("file://") if mentioned else "")


def assistant(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageAssistant."""
    return _info(session_id, id, Role.ASSISTANT, message), content(id, message.get("content"))


def _info(session_id: str, id: str, role: Role, message: JSON, **more: Any) -> MessageInfo:
    time, model = sub(message, "time"), sub(message, "model")
    return MessageInfo(
        id,
        session_id,
        role,
        created=number(time, "created") or 0,
        completed=number(time, "completed"),
        agent=maybe(message, "agent"),
        model=model_name(model),
        variant=variant(model),
        cost=number(message, "cost"),
        tokens=tokens(message.get("tokens")),
        finish=maybe(message, "finish"),
        error=problem(message.get("error")),
        **more,
    )


def shell(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageShell. The shell's id identifies it, because later events do not name the message."""
    info = _info(session_id, need(message, "shellID"), Role.ASSISTANT, message)
    return info, (shell_tool(message, sub(message, "output"), info.created, info.completed),)


def shell_tool(shell: JSON, output: JSON, started: float | None, finished: float | None) -> ToolInfo:
    """A shell command that the user ran, as a tool."""
    id = maybe(shell, "shellID") or need(shell, "id")
    return ToolInfo(
        part_id(id, "shell", 0),
        "bash",
        call=id,
        state=ToolState.RUNNING if finished is None else ToolState.COMPLETED,
        input={"command": text(shell, "command")},
        output=text(output, "output"),
        metadata={name: shell[name] for name in ("exit", "status") if name in shell and finished is not None},
        shell=id,
        started=started,
        finished=finished,
    )


def synthetic(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageSynthetic: written by the server for the model. The user reads its description, if it has one."""
    words = text(message, "description")
    note = NoteInfo(part_id(id, "note", 0), "synthetic", words, {"text": text(message, "text")}, hidden=not words)
    return _info(session_id, id, Role.USER, message, queued=False), (note,)


def skill(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageSkill."""
    note = NoteInfo(part_id(id, "note", 0), "skill", f"Skill: {text(message, 'name')}", {"text": text(message, "text")})
    return _info(session_id, id, Role.USER, message, queued=False), (note,)


def compaction(session_id: str, id: str, message: JSON) -> Read:
    """A SessionMessageCompaction: running, completed or failed. The server gives no time of its end."""
    runs = text(message, "status") == "running"
    info = _info(session_id, id, Role.ASSISTANT, message, summary=True)
    done = info if runs else replace(info, completed=info.created)
    return done, (TextInfo(summary_part(id), text=text(message, "summary"), ended=not runs),)


MESSAGES: dict[str, Callable[[str, str, JSON], Read]] = {
    "user": user,
    "assistant": assistant,
    "shell": shell,
    "synthetic": synthetic,
    "skill": skill,
    "compaction": compaction,
}

QUEUED = {"user": user, "synthetic": synthetic}

# ---- what messages contain --------------------------------------------------------------------------------------------


def part_id(message_id: str, kind: str, ordinal: object) -> str:
    """Our id for a part, which the server identifies by its kind and number, or by the id of a call."""
    return f"{message_id}.{kind}-{ordinal}"


def summary_part(message_id: str) -> str:
    """Our id for the text of a summary."""
    return part_id(message_id, "summary", 0)


def content(message_id: str, values: Any) -> tuple[PartInfo, ...]:
    """The content of an assistant's message; an unknown kind becomes a hidden note."""
    counted: dict[str, int] = {}
    return tuple(_piece(message_id, item, _next(counted, text(item, "type"))) for item in objects(values))


def _next(counted: dict[str, int], kind: str) -> int:
    counted[kind] = counted.get(kind, -1) + 1
    return counted[kind]


def _piece(message_id: str, piece: JSON, count: int) -> PartInfo:
    kind = text(piece, "type")
    if kind == "tool":
        return tool(message_id, piece)
    id = part_id(message_id, kind, piece.get("ordinal", count))
    if kind == "text":
        return TextInfo(id, text=text(piece, "text"), ended=bool(text(piece, "text")))
    if kind == "reasoning":
        time = sub(piece, "time")
        end = number(time, "completed")
        return TextInfo(id, "reasoning", text(piece, "text"), end is not None, number(time, "created"), end)
    return NoteInfo(id, kind or "?", data=piece, hidden=True)


STATES = {
    "streaming": ToolState.PENDING,
    "running": ToolState.RUNNING,
    "completed": ToolState.COMPLETED,
    "error": ToolState.ERROR,
}


def tool(message_id: str, piece: JSON) -> ToolInfo:
    """A SessionMessageAssistantTool."""
    state, time, id = sub(piece, "state"), sub(piece, "time"), text(piece, "id")
    return ToolInfo(
        part_id(message_id, "tool", id),
        text(piece, "name") or "tool",
        call=id,
        state=STATES.get(text(state, "status"), ToolState.RUNNING),
        input=sub(state, "input"),
        raw=text(state, "input"),
        error=error_words(state.get("error")),
        started=number(time, "ran") or number(time, "created"),
        finished=number(time, "completed"),
        **tool_report(message_id, id, state),
    )


def error_words(value: Any) -> str:
    """Why a tool failed."""
    reason = problem(value)
    return reason.message if reason is not None else ""


def tool_report(message_id: str, call: str, state: JSON) -> dict[str, Any]:
    """What a tool returned so far (text, files, metadata, the session of its sub-agent), as fields of ToolInfo."""
    metadata, given = _metadata(state), objects(state.get("content"))
    output = "\n".join(text(item, "text").rstrip("\n") for item in given if text(item, "type") == "text")
    files = [item for item in given if text(item, "type") == "file"]
    return {
        "output": output or text(metadata, "output"),
        "title": text(metadata, "title"),
        "metadata": {name: value for name, value in metadata.items() if name not in OWN_FIELDS},
        "child": maybe(metadata, "sessionID") or maybe(metadata, "sessionId"),
        "shell": maybe(metadata, "shellID"),
        "files": tuple(_tool_file(part_id(message_id, f"{call}.file", at), file) for at, file in enumerate(files)),
    }


def _metadata(state: JSON) -> JSON:
    """The data of a tool. In the progress of a sub-agent some versions put it one level deeper."""
    metadata = sub(state, "metadata")
    return {**sub(metadata, "metadata"), **metadata} if "metadata" in metadata else metadata


# Data of a tool that ToolInfo has as fields of its own.
OWN_FIELDS = {"output", "title", "sessionID", "sessionId", "shellID"}


def _tool_file(id: str, file: JSON) -> FileInfo:
    return FileInfo(id, text(file, "mime") or "application/octet-stream", text(file, "name"), text(file, "uri"))


def last_todos(parts: Iterable[PartInfo]) -> tuple[Todo, ...] | None:
    """The to-do list that the latest successful call among these parts wrote. 2.x has no event for to-do lists."""
    calls = (part for part in parts if isinstance(part, ToolInfo) and part.state is ToolState.COMPLETED)
    written = [todos_of_call(part.input) for part in calls]
    return next((item for item in reversed(written) if item is not None), None)


# ---- requests ---------------------------------------------------------------------------------------------------------


def permission(value: Any) -> PermissionRequest:
    """A PermissionRequest of the server; raises BadField."""
    asked = mapping(value, "permission")
    source = sub(asked, "source")
    return PermissionRequest(
        id=need(asked, "id"),
        session_id=need(asked, "sessionID"),
        permission=text(asked, "action") or "tool",
        patterns=strings(asked.get("resources")),
        always=strings(asked.get("save")),
        metadata=sub(asked, "metadata"),
        message_id=maybe(source, "messageID"),
        call=maybe(source, "id") or maybe(source, "callID"),
        message=text(asked, "message"),
    )
