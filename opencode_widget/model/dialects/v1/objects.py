"""OpenCode 1.x: reads the objects of its routes and events (Session, Message, Part, ...) as our infos.

Source: the server's own OpenAPI document (`GET /doc`), 1.18.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...entities import (
    ABORTED,
    JSON,
    Agent,
    Catalogue,
    ChangeTotals,
    FileInfo,
    MessageInfo,
    Model,
    NoteInfo,
    PartInfo,
    PermissionRequest,
    Problem,
    Question,
    QuestionOption,
    QuestionRequest,
    Role,
    SessionInfo,
    SlashCommand,
    TextInfo,
    ToolInfo,
    ToolState,
)
from ...text.trace import without_trace
from ..common import (
    CHECK_KEY,
    CHOOSE_MODEL,
    COMPACT,
    STOPPED,
    agent_mode,
    details,
    model_name,
    session_title,
    tokens,
    variant,
    window,
)
from ..read import BadField, mapping, maybe, need, number, objects, strings, sub, text, whole

# ---- sessions and messages --------------------------------------------------------------------------------------------


def session_info(value: Any) -> SessionInfo:
    """A Session of the server; raises BadField."""
    session = mapping(value, "session")
    time, model = sub(session, "time"), sub(session, "model")
    return SessionInfo(
        id=need(session, "id"),
        title=session_title(session),
        parent=maybe(session, "parentID"),
        directory=maybe(session, "directory"),
        created=number(time, "created") or 0,
        updated=number(time, "updated") or 0,
        archived=number(time, "archived") or None,  # 0 stands for a session that was taken out of the archive
        agent=maybe(session, "agent"),
        model=model_name(model, "id"),
        variant=variant(model),
        cost=number(session, "cost"),
        tokens=tokens(session.get("tokens")),
        revert=maybe(sub(session, "revert"), "messageID"),
        share=maybe(sub(session, "share"), "url"),
        changed=_changed(session.get("summary")),
    )


def _changed(value: Any) -> ChangeTotals | None:
    if not isinstance(value, dict):
        return None
    changed = ChangeTotals(whole(value, "files"), whole(value, "additions"), whole(value, "deletions"))
    return changed if changed != ChangeTotals() else None  # 1.18 gives zeros where it does not know


def message_info(value: Any) -> MessageInfo:
    """A Message of the server, without its parts; raises BadField."""
    message = mapping(value, "message")
    time, role = sub(message, "time"), text(message, "role")
    if role not in ("user", "assistant"):
        raise BadField("'role' is neither user nor assistant")
    model = sub(message, "model")
    return MessageInfo(
        id=need(message, "id"),
        session_id=need(message, "sessionID"),
        role=Role(role),
        created=number(time, "created") or 0,
        completed=number(time, "completed"),
        parent=maybe(message, "parentID"),
        agent=maybe(message, "agent") or maybe(message, "mode"),
        model=model_name(model, "modelID") or model_name(message, "modelID"),
        variant=variant(model) or variant(message),
        cost=number(message, "cost"),
        tokens=tokens(message.get("tokens")),
        finish=maybe(message, "finish"),
        error=problem(message.get("error")),
        summary=message.get("summary") is True,
    )


REMEDIES = {
    "ProviderAuthError": CHECK_KEY,
    "ContextOverflowError": COMPACT,
    "MessageOutputLengthError": "Ask it to go on.",
    "ProviderModelNotFoundError": CHOOSE_MODEL,
}


def problem(value: Any) -> Problem | None:
    """An error of the server: `{name, data: {message, ...}}`; None where there is none."""
    if not isinstance(value, dict):
        return None
    data, name = sub(value, "data"), text(value, "name") or "UnknownError"
    words = without_trace(text(data, "message") or text(value, "message")) or name
    if name == ABORTED:
        return STOPPED
    return Problem(name, words, REMEDIES.get(name, ""), details(number(data, "statusCode")))


# ---- parts ------------------------------------------------------------------------------------------------------------


def part_info(value: Any) -> PartInfo:
    """A Part of the server; one of an unknown kind becomes a hidden note. Raises BadField."""
    part = mapping(value, "part")
    return PARTS.get(text(part, "type"), _hidden_note)(part)


def _text_part(part: JSON) -> TextInfo:
    time = sub(part, "time")
    return TextInfo(
        id=need(part, "id"),
        kind="reasoning" if part.get("type") == "reasoning" else "text",
        text=text(part, "text"),
        ended=number(time, "end") is not None,
        started=number(time, "start"),
        finished=number(time, "end"),
        hidden=part.get("synthetic") is True or part.get("ignored") is True,
    )


# Metadata that ToolInfo has as fields of its own.
OWN_FIELDS = {"output", "sessionId"}


def _tool_part(part: JSON) -> ToolInfo:
    state = sub(part, "state")
    time, metadata = sub(state, "time"), sub(state, "metadata")
    words = text(state, "status")
    return ToolInfo(
        id=need(part, "id"),
        tool=text(part, "tool") or "tool",
        call=text(part, "callID"),
        state=ToolState(words) if words in TOOL_STATES else ToolState.RUNNING,
        title=text(state, "title"),
        input=sub(state, "input"),
        raw=text(state, "raw"),
        output=text(state, "output") or text(metadata, "output"),
        error=_tool_error(text(state, "error")),
        metadata={key: value for key, value in metadata.items() if key not in OWN_FIELDS},
        child=maybe(metadata, "sessionId"),
        started=number(time, "start"),
        finished=number(time, "end"),
        files=tuple(_file_part(file) for file in objects(state.get("attachments")) if maybe(file, "id")),
    )


def _tool_error(words: str) -> str:
    """Why a tool failed. 1.2.27 writes its own name for two reasons, with braces, in place of the words of other releases."""
    return REFUSED.get(words.partition("(")[0], words) if words.endswith(")") else words


REFUSED = {
    "PermissionRejectedError": "The user rejected permission to use this specific tool call.",
    "QuestionRejectedError": "The user dismissed this question",
}
TOOL_STATES = {str(state) for state in ToolState} - {"interrupted"}


def _file_part(part: JSON) -> FileInfo:
    return FileInfo(
        need(part, "id"),
        text(part, "mime") or "application/octet-stream",
        text(part, "filename"),
        text(part, "url"),
        text(sub(part, "source"), "path"),
    )


def _note(part: JSON, words: str) -> NoteInfo:
    data = {key: value for key, value in part.items() if key not in ("id", "sessionID", "messageID", "type")}
    return NoteInfo(need(part, "id"), text(part, "type"), words, data)


def _hidden_note(part: JSON) -> NoteInfo:
    return NoteInfo(need(part, "id"), text(part, "type") or "?", data=part, hidden=True)


def _retry(part: JSON) -> NoteInfo:
    reason = problem(part.get("error"))
    return _note(part, f"Attempt {whole(part, 'attempt')} failed: {reason.message if reason else 'unknown reason'}")


def _patch(part: JSON) -> NoteInfo:
    return _note(part, ", ".join(strings(part.get("files"))))


PARTS: dict[str, Callable[[JSON], PartInfo]] = {
    "text": _text_part,
    "reasoning": _text_part,
    "tool": _tool_part,
    "file": _file_part,
    "patch": _patch,
    "retry": _retry,
    "compaction": lambda part: _note(part, "Conversation compacted"),
    "agent": lambda part: _note(part, f"@{text(part, 'name')}"),
    "subtask": lambda part: _note(part, text(part, "description") or text(part, "prompt")),
}


# ---- requests and the catalogue ---------------------------------------------------------------------------------------


def permission(value: Any) -> PermissionRequest:
    """A PermissionRequest of the server in any spelling; raises BadField."""
    asked = mapping(value, "permission")
    tool = sub(asked, "tool") or sub(asked, "source")
    return PermissionRequest(
        id=need(asked, "id"),
        session_id=need(asked, "sessionID"),
        permission=text(asked, "permission") or text(asked, "action") or text(asked, "type") or "tool",
        patterns=strings(asked.get("patterns") or asked.get("resources") or asked.get("pattern")),
        always=strings(asked.get("always") or asked.get("save")),
        metadata=sub(asked, "metadata"),
        message_id=maybe(tool, "messageID") or maybe(asked, "messageID"),
        call=maybe(tool, "callID") or maybe(asked, "callID"),
        message=text(asked, "title") or text(asked, "message"),
    )


def question(value: Any) -> QuestionRequest:
    """A QuestionRequest of the server; raises BadField."""
    asked = mapping(value, "question")
    questions = tuple(_question(question) for question in objects(asked.get("questions")))
    tool = sub(asked, "tool")
    return QuestionRequest(
        need(asked, "id"), need(asked, "sessionID"), questions, maybe(tool, "messageID"), maybe(tool, "callID")
    )


def _question(item: JSON) -> Question:
    options = tuple(
        QuestionOption(text(option, "label"), text(option, "description")) for option in objects(item.get("options"))
    )
    return Question(
        text(item, "question"),
        text(item, "header"),
        options,
        multiple=item.get("multiple") is True,
        custom=item.get("custom") is not False,
    )


def catalogue(agents: Any, providers: Any, config: Any, commands: Any = ()) -> Catalogue:
    """The answers of `GET /agent`, `/config/providers`, `/config` and `/command`."""
    settings = config if isinstance(config, dict) else {}
    known = tuple(_agent(agent) for agent in objects(agents) if agent.get("hidden") is not True and text(agent, "name"))
    listed = providers if isinstance(providers, dict) else {}
    models = tuple(model for provider in objects(listed.get("providers")) for model in _models(provider))
    return Catalogue(
        known,
        models,
        maybe(settings, "default_agent") or next((agent.name for agent in known if agent.takes_prompts), None),
        maybe(settings, "model") or _only_model(models),
        tuple(_command(command) for command in objects(commands) if text(command, "name")),
        _first_model(listed),
        frozenset(_unlisted(agents, listed, known, models)),
    )


def _unlisted(agents: Any, listed: JSON, known: Iterable[Agent], models: Iterable[Model]) -> set[str]:
    """What the server has and `catalogue` leaves out."""
    of_providers = ((text(item, "id"), sub(item, "models")) for item in objects(listed.get("providers")))
    every = {f"{provider}/{id}" for provider, named in of_providers for id in named}
    every |= {text(agent, "name") for agent in objects(agents)}
    return every - {agent.name for agent in known} - {model.full_name for model in models} - {""}


def _command(item: JSON) -> SlashCommand:
    return SlashCommand(
        need(item, "name"),
        text(item, "description"),
        text(item, "source") or "command",
        strings(item.get("hints")),
    )


def _agent(item: JSON) -> Agent:
    model = model_name(sub(item, "model"), "modelID")
    return Agent(need(item, "name"), text(item, "description"), agent_mode(item), model, variant(item))


def _models(provider: JSON) -> list[Model]:
    return [
        Model(
            provider=text(provider, "id"),
            id=id,
            name=text(model, "name"),
            provider_name=text(provider, "name"),
            variants=tuple(sub(model, "variants")),
            context=window(sub(model, "limit")),
            inputs=_inputs(model),
        )
        for id, model in sub(provider, "models").items()
        if isinstance(model, dict) and text(model, "status") != "deprecated"
    ]


def _inputs(model: JSON) -> tuple[str, ...] | None:
    """The kinds of content that the model takes: yes or no for each, or in earlier versions a list of those that it takes."""
    by_kind = sub(sub(model, "capabilities"), "input")
    if by_kind:
        return tuple(kind for kind, taken in by_kind.items() if taken is True)
    return strings(sub(model, "modalities").get("input")) or None


def _only_model(models: tuple[Model, ...]) -> str | None:
    """The model that answers where the configuration names none: the only one. Of several the server takes the one that another program
    used last, which it tells nobody; `default` has the first of each provider.
    """
    return f"{models[0].provider}/{models[0].id}" if len(models) == 1 else None


def _first_model(providers: JSON) -> str | None:
    first = next(((provider, id) for provider, id in sub(providers, "default").items() if isinstance(id, str)), None)
    return f"{first[0]}/{first[1]}" if first else None
