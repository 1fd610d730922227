"""State -> the JSON that a page draws. The shapes are those of `frontend/src/protocol.ts`.

A key whose value is None is left out. What is large is cut here, on its way to the page, never in the state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from .cut import cut, whole
from .infos import (
    JSON,
    Activity,
    Agent,
    Catalogue,
    FileDiff,
    FileInfo,
    Found,
    Model,
    NoteInfo,
    Problem,
    SlashCommand,
    TextInfo,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
)
from .state import Message, Part, Reverted, Session, State

View = dict[str, Any]

# Characters of a tool's output that go to a page unasked.
OUTPUT_BOUND = 100_000
# Characters of a patch, and of all patches of a session.
PATCH_BOUND, PATCHES_BOUND = 200_000, 2_000_000
# Characters of a file's URL.
URL_BOUND = 500_000


def compact(**values: Any) -> View:
    """Leave out what is None."""
    return {key: value for key, value in values.items() if value is not None}


def problem_view(problem: Problem | None) -> View | None:
    """Words about something that went wrong."""
    if problem is None:
        return None
    return compact(
        name=problem.name,
        message=problem.message,
        remedy=problem.remedy or None,
        details=problem.details or None,
    )


# ---- the instance -----------------------------------------------------------------------------------------------------


def catalogue_view(catalogue: Catalogue) -> View:
    """Agents, models and slash commands that prompts can name."""
    return compact(
        agents=[_agent(agent) for agent in catalogue.agents],
        models=[_model(model) for model in catalogue.models],
        commands=[_command(command) for command in catalogue.commands],
        defaultAgent=catalogue.default_agent,
        defaultModel=catalogue.default_model,
    )


def _agent(agent: Agent) -> View:
    return compact(name=agent.name, description=agent.description or None, mode=agent.mode)


def _model(model: Model) -> View:
    return compact(
        provider=model.provider,
        id=model.id,
        name=model.name or model.id,
        providerName=model.provider_name or model.provider,
        variants=list(model.variants),
        context=model.context,
    )


def _command(command: SlashCommand) -> View:
    return compact(
        name=command.name,
        description=command.description or None,
        source=command.source or None,
        hints=list(command.hints),
    )


def oddities_view(state: State) -> list[View] | None:
    """The events that we did not understand; None where there are none."""
    known = state.oddities.items()
    return [compact(name=name, count=one.count, reason=one.reason or None) for name, one in known] or None


def session_view(state: State, session: Session) -> View:
    """One line of the session list."""
    info = session.info
    return compact(
        id=info.id,
        title=info.title or "New session",
        parent=info.parent,
        status=str(session.status.activity),
        statusText=_retry_words(session),
        unread=session.unread,
        waiting=state.waiting(info.id),
        created=info.created,
        updated=info.updated,
        agent=info.agent,
        model=info.model,
        variant=info.variant,
        closed=session.closed,
        cost=info.cost,
        tokens=_tokens(info.tokens),
        share=info.share,
        changed=asdict(info.changed) if info.changed is not None else None,
        archived=info.archived,
    )


def _retry_words(session: Session) -> str | None:
    status = session.status
    if status.activity is not Activity.RETRY:
        return None
    return f"{status.message or 'Trying again'} (attempt {status.attempt})"


def sessions_view(state: State) -> list[View]:
    """The session list, the latest first."""
    known = list(state.sessions.values())  # in one step: whoever asks may be on another thread
    listed = sorted(known, key=lambda one: (-one.info.updated, one.id))
    return [session_view(state, session) for session in listed]


def todos_view(todos: Iterable[Todo]) -> list[View]:
    """The to-do list."""
    return [asdict(todo) for todo in todos]


# ---- the transcript ---------------------------------------------------------------------------------------------------


def transcript_view(instance_id: str, session: Session) -> View:
    """The conversation of a session, as far as it is kept."""
    return compact(
        instance=instance_id,
        session=session.id,
        state=session.standing,
        problem=problem_view(session.problem),
        messages=[message_view(message) for message in visible(session)],
        more=session.more is not None,
        todos=todos_view(session.todos),
        reverted=_reverted(session.reverted),
    )


def _reverted(taken_back: Reverted | None) -> View | None:
    return asdict(taken_back) if taken_back is not None else None


def visible(session: Session) -> list[Message]:
    """The messages that a person sees: without those that a revert has taken back."""
    return [message for message in session if is_visible(session, message)]


def is_visible(session: Session, message: Message) -> bool:
    """Is it not taken back by a revert?"""
    return message.local or (boundary := session.boundary) is None or message.order < boundary


def message_view(message: Message, *, entire: bool = False) -> View:
    """A message with its parts; `entire`: with nothing cut off, however long."""
    parts = [part_view(message, part, entire=entire) for part in message.by_id.values() if not part.info.hidden]
    return {"head": head_view(message), "parts": parts}


def head_view(message: Message) -> View:
    """A message without its parts."""
    info = message.info
    return compact(
        id=info.id,
        role=str(info.role),
        state=str(message.state),
        created=info.created,
        completed=info.completed,
        parent=info.parent,
        agent=info.agent,
        model=info.model,
        variant=info.variant,
        cost=info.cost,
        tokens=_tokens(info.tokens),
        error=problem_view(info.error),
        key=message.key,
        delivery=info.delivery,
        summary=info.summary or None,
    )


def _tokens(tokens: Tokens | None) -> View | None:
    if tokens is None:
        return None
    return {
        "input": tokens.input,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
        "cacheRead": tokens.cache_read,
        "cacheWrite": tokens.cache_write,
    }


def part_view(message: Message, part: Part, *, entire: bool = False) -> View:
    """A part as the page draws it; `entire`: with nothing cut off, however long."""
    info = part.info
    if isinstance(info, TextInfo):
        return _text(message, part, info)
    if isinstance(info, ToolInfo):
        return _tool(message, part, info, entire=entire)
    if isinstance(info, FileInfo):
        return _file(info, entire=entire)
    return _note(info, entire=entire)


def _text(message: Message, part: Part, info: TextInfo) -> View:
    return compact(
        kind=info.kind,
        id=info.id,
        text=part.text,
        ended=info.ended or message.stopped,
        gap=part.gap or None,
        started=info.started,
        finished=info.finished,
    )


def _tool(message: Message, part: Part, info: ToolInfo, *, entire: bool) -> View:
    given, data = dict(info.input), dict(info.metadata)
    bounded = whole if entire else cut
    shown_input, shown_data = bounded(given), bounded(data)
    return compact(
        kind="tool",
        id=info.id,
        tool=info.tool,
        state=str(tool_state(message, info)),
        title=info.title or None,
        input=shown_input,
        raw=part.read("raw") or None,
        **_output(part.output, entire=entire),
        error=bounded(info.error) or None,
        metadata=shown_data or None,
        cut=True if (shown_input, shown_data) != (given, data) and not entire else None,
        files=[_file(file, entire=entire) for file in info.files] or None,
        child=info.child,
        started=info.started,
        finished=info.finished,
    )


def _output(output: str, *, entire: bool) -> View:
    if entire or len(output) <= OUTPUT_BOUND:
        return {"output": output}
    return {"output": output[:OUTPUT_BOUND], "outputLength": len(output)}


def tool_state(message: Message, info: ToolInfo) -> ToolState:
    """How far a tool is; one left running in a message that has stopped was interrupted."""
    return ToolState.INTERRUPTED if not info.ended and message.stopped else info.state


def _file(info: FileInfo, *, entire: bool) -> View:
    fits = entire or len(info.url) <= URL_BOUND
    return compact(
        kind="file",
        id=info.id,
        mime=info.mime,
        filename=info.filename or None,
        url=info.url or None if fits else None,
        size=data_size(info.url),
        path=info.path or None,
    )


def data_size(url: str) -> int | None:
    """Bytes of what a `data:` URL holds; None of any other."""
    head, comma, content = url.partition(",")
    if not head.startswith("data:") or not comma:
        return None
    if not head.endswith(";base64"):
        return len(content) - 2 * content.count("%")
    return len(content) * 3 // 4 - (content[-2:].count("=") if content else 0)


def _note(info: NoteInfo, *, entire: bool) -> View:
    data: JSON | None = (whole if entire else cut)(dict(info.data)) or None
    return compact(kind="note", id=info.id, type=info.type, text=info.text, data=data)


# ---- the project ------------------------------------------------------------------------------------------------------


def found_view(found: Found) -> View:
    """A file, folder or symbol."""
    return compact(kind=found.kind, path=found.path, name=found.name or None, line=found.line)


def diffs_view(diffs: Iterable[FileDiff]) -> list[View]:
    """What changed in files; patches that are long, or many, are cut."""
    room, views = PATCHES_BOUND, []
    for diff in diffs:
        bound = min(PATCH_BOUND, room)
        views.append(_diff(diff, bound))
        room -= min(len(diff.patch or ""), bound)
    return views


def _diff(diff: FileDiff, bound: int) -> View:
    return compact(
        file=diff.file,
        status=diff.status or None,
        additions=diff.additions,
        deletions=diff.deletions,
        patch=diff.patch[:bound] if diff.patch is not None else None,
        cut=True if diff.patch is not None and len(diff.patch) > bound else None,
    )
