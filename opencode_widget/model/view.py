"""Draws the state as JSON for a page, in the shapes of `wire.py`.

A key whose value is None is left out. Large values are cut here, on their way to the page, and never in the state.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from .bounds.window import is_visible
from .entities import (
    Activity,
    Agent,
    Catalogue,
    ChangeTotals,
    FileDiff,
    FileInfo,
    Found,
    Model,
    NoteInfo,
    Problem,
    PromptQueue,
    QueuedPrompt,
    SlashCommand,
    TextInfo,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
)
from .requests.cause import Cause, cause_of
from .state import Message, Part, Reverted, Session, State
from .text.truncate import cut, shortened, whole

if TYPE_CHECKING:
    from . import wire

V = TypeVar("V")

# Maximum characters of a text, and of a tool's output, that a page gets unasked.
TEXT_BOUND, OUTPUT_BOUND = 500_000, 100_000
# Maximum characters of the end of a longer output.
OUTPUT_END_BOUND = 20_000
# Maximum characters of all files of one part, and number of the files that a page gets.
FILES_SIZE_BOUND, FILES_BOUND = 1_500_000, 200
# Maximum characters of a patch, and of all patches of a session.
PATCH_BOUND, PATCHES_BOUND = 200_000, 2_000_000
# Maximum number of changed files that a page gets.
DIFFS_BOUND = 5_000
# Maximum characters of a prompt that waits in the kernel.
QUEUED_BOUND = 4_000
# Maximum number of agents, models and commands that a page gets, and of characters of each description.
DEFINITIONS_BOUND, DESCRIPTION_BOUND = 5_000, 2_000
# Maximum characters of a file's URL.
URL_BOUND = 500_000


def without_none(view: V) -> V:
    """Remove the keys whose value is None: a page treats them as absent."""
    items = cast("dict[str, Any]", view).items()
    return cast(V, {key: value for key, value in items if value is not None})


@overload
def problem_view(problem: Problem) -> wire.ProblemView: ...


@overload
def problem_view(problem: None) -> None: ...


@overload
def problem_view(problem: Problem | None) -> wire.ProblemView | None: ...


def problem_view(problem: Problem | None) -> wire.ProblemView | None:
    """A problem as the page shows it."""
    if problem is None:
        return None
    view: wire.ProblemView = {
        "name": problem.name,
        "message": problem.message,
        "remedy": problem.remedy or None,
        "details": problem.details or None,
    }
    return without_none(view)


# ---- the instance -----------------------------------------------------------------------------------------------------


def catalogue_view(catalogue: Catalogue) -> wire.CatalogueView:
    """Agents, models and slash commands that prompts can name."""
    view: wire.CatalogueView = {
        "agents": [_agent(agent) for agent in catalogue.agents[:DEFINITIONS_BOUND]],
        "models": [_model(model) for model in catalogue.models[:DEFINITIONS_BOUND]],
        "commands": [_command(command) for command in catalogue.commands[:DEFINITIONS_BOUND]],
        "defaultAgent": catalogue.default_agent,
        "defaultModel": catalogue.default_model,
    }
    return without_none(view)


def _agent(agent: Agent) -> wire.AgentView:
    description = agent.description[:DESCRIPTION_BOUND] or None
    view: wire.AgentView = {
        "name": agent.name,
        "description": description,
        "mode": agent.mode,
        "model": agent.model,
        "variant": agent.variant,
    }
    return without_none(view)


def _model(model: Model) -> wire.ModelView:
    view: wire.ModelView = {
        "provider": model.provider,
        "id": model.id,
        "name": model.name or model.id,
        "providerName": model.provider_name or model.provider,
        "variants": list(model.variants),
        "context": model.context,
        "inputs": None if model.inputs is None else list(model.inputs),
    }
    return without_none(view)


def _command(command: SlashCommand) -> wire.SlashCommandView:
    view: wire.SlashCommandView = {
        "name": command.name,
        "description": command.description[:DESCRIPTION_BOUND] or None,
        "source": command.source or None,
        "hints": list(command.hints),
    }
    return without_none(view)


def oddities_view(state: State) -> list[wire.OddityView] | None:
    """The events that were not understood; None if there are none."""
    known = state.oddities.items()
    odd: list[wire.OddityView] = [
        {"name": name, "count": oddity.count, "reason": oddity.reason or None} for name, oddity in known
    ]
    return [without_none(view) for view in odd] or None


def session_view(state: State, session: Session) -> wire.SessionView:
    """One entry of the session list."""
    info = session.info
    view: wire.SessionView = {
        "id": info.id,
        "title": info.title or "New session",
        "parent": info.parent,
        "status": session.status.activity,
        "statusText": _retry_words(session),
        "retryAt": session.status.next or None,
        "retryAdvice": session.status.advice or None,
        "retryLink": session.status.link or None,
        "unread": session.unread,
        "waiting": state.waiting(info.id),
        "created": info.created,
        "updated": info.updated,
        "agent": info.agent,
        "model": info.model,
        "variant": info.variant,
        "closed": session.closed,
        "cost": info.cost,
        "tokens": _tokens(info.tokens),
        "share": info.share,
        "changed": _changed(info.changed),
        "archived": info.archived,
        "allowsAll": session.allows_all or None,
        "queue": _queue(session.queue),
    }
    return without_none(view)


def _queue(queue: PromptQueue) -> wire.QueueView | None:
    if not queue.prompts:
        return None
    view: wire.QueueView = {"prompts": [_queued(prompt) for prompt in queue.prompts], "stopped": queue.stopped or None}
    return without_none(view)


def _queued(prompt: QueuedPrompt) -> wire.QueuedPromptView:
    is_cut = len(prompt.text) > QUEUED_BOUND or None
    text = prompt.text[:QUEUED_BOUND]
    view: wire.QueuedPromptView = {"id": prompt.id, "text": text, "files": list(prompt.files), "cut": is_cut}
    return without_none(view)


def _changed(changed: ChangeTotals | None) -> wire.ChangedView | None:
    if changed is None:
        return None
    return {"files": changed.files, "additions": changed.additions, "deletions": changed.deletions}


def _retry_words(session: Session) -> str | None:
    status = session.status
    if status.activity is not Activity.RETRY:
        return None
    return f"{status.message or 'Trying again'} (attempt {status.attempt})"


def sessions_view(state: State, most: int | None = None) -> list[wire.SessionView]:
    """The session list, the latest first; at most `most` entries."""
    return [session_view(state, session) for session in latest_first(state)[:most]]


def latest_first(state: State) -> list[Session]:
    """The sessions in the order in which they are listed."""
    known = list(state.sessions.values())  # in one step: the caller may be on another thread
    return sorted(known, key=lambda session: (-session.info.updated, session.id))


def todos_view(todos: Iterable[Todo]) -> list[wire.TodoView]:
    """The to-do list."""
    return [{"content": todo.content, "status": todo.status, "priority": todo.priority} for todo in todos]


# ---- the transcript ---------------------------------------------------------------------------------------------------


def transcript_view(
    instance_id: str, session: Session, messages: list[wire.MessageView] | None = None, *, more: bool | None = None
) -> wire.TranscriptView:
    """The conversation of a session.

    Args:
        instance_id: our id of the instance.
        session: the session.
        messages: the messages that the page gets; None for all that are kept.
        more: whether there are older ones; None: whether the server has older ones.
    """
    view: wire.TranscriptView = {
        "instance": instance_id,
        "session": session.id,
        "state": session.transcript_state,
        "problem": problem_view(session.problem),
        "messages": [message_view(message, session) for message in visible(session)] if messages is None else messages,
        "more": session.more is not None if more is None else more,
        "todos": todos_view(session.todos),
        "reverted": _reverted(session.reverted),
    }
    return without_none(view)


def _reverted(taken_back: Reverted | None) -> wire.RevertedView | None:
    if taken_back is None:
        return None
    view: wire.RevertedView = {"message": taken_back.message, "count": taken_back.count, "text": taken_back.text}
    if taken_back.prompts > 1:
        view["prompts"] = taken_back.prompts
    return view


def field_bound(name: str) -> int:
    """The maximum characters of a growing field that a page gets unasked."""
    return TEXT_BOUND if name == "text" else OUTPUT_BOUND


def visible(session: Session) -> list[Message]:
    """The messages that the user sees: without those that a revert hides."""
    return [message for message in session if is_visible(session, message)]


def message_view(message: Message, session: Session | None = None, *, entire: bool = False) -> wire.MessageView:
    """A message with its parts; `entire`: with nothing cut off, however long."""
    shown = (part for part in message.by_id.values() if not part.info.hidden)
    parts = [part_view(message, part, session, entire=entire) for part in shown]
    return {"head": head_view(message, session), "parts": parts}


def head_view(message: Message, session: Session | None = None) -> wire.MessageHead:
    """A message without its parts; within its session with what made it fail."""
    info = message.info
    view: wire.MessageHead = {
        "id": info.id,
        "role": info.role,
        "state": message.state,
        "created": info.created,
        "completed": info.completed,
        "parent": info.parent,
        "agent": info.agent,
        "model": info.model,
        "variant": info.variant,
        "cost": info.cost,
        "tokens": _tokens(info.tokens),
        "error": problem_view(info.error),
        "cause": None if session is None else _cause(cause_of(session, message)),
        "key": message.key,
        "delivery": info.delivery,
        "summary": info.summary or None,
    }
    return without_none(view)


def _cause(cause: Cause | None) -> wire.CauseView | None:
    if cause is None:
        return None
    return {"message": cause.message_id, "prompt": cause.prompt, "files": list(cause.files)}


def _tokens(tokens: Tokens | None) -> wire.TokensView | None:
    if tokens is None:
        return None
    return {
        "input": tokens.input,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
        "cacheRead": tokens.cache_read,
        "cacheWrite": tokens.cache_write,
    }


def part_view(message: Message, part: Part, session: Session | None = None, *, entire: bool = False) -> wire.PartView:
    """A part as the page draws it; within its session with how long it waited; `entire`: with nothing cut off, however long."""
    info = part.info
    if isinstance(info, TextInfo):
        return _text(message, part, info, entire=entire)
    if isinstance(info, ToolInfo):
        waited = None if session is None else session.waiting_times.of(message.id, info.call)
        return _tool(message, part, info, waited, entire=entire)
    if isinstance(info, FileInfo):
        return _file(info, entire=entire)
    return _note(info, entire=entire)


def _text(message: Message, part: Part, info: TextInfo, *, entire: bool) -> wire.TextPart:
    view: wire.TextPart = {
        "kind": info.kind,
        "id": info.id,
        "text": part.text if entire else shortened(part.text, TEXT_BOUND),
        "ended": info.ended or message.stopped,
        "gap": part.gap or None,
        "started": info.started,
        "finished": info.finished,
    }
    return without_none(view)


def _tool(message: Message, part: Part, info: ToolInfo, waited: float | None, *, entire: bool) -> wire.ToolPart:
    given, data = dict(info.input), dict(info.metadata)
    bounded = whole if entire else cut
    shown_input, shown_data = bounded(given), bounded(data)
    view: wire.ToolPart = {
        "kind": "tool",
        "id": info.id,
        "tool": info.tool,
        "state": tool_state(message, info),
        "title": info.title or None,
        "input": shown_input,
        "raw": (part.read("raw") if entire else part.read("raw")[:OUTPUT_BOUND]) or None,
        "output": part.output if entire else part.output[:OUTPUT_BOUND],
        "outputLength": None if entire or len(part.output) <= OUTPUT_BOUND else len(part.output),
        "outputEnd": None if entire or not info.ended else _end(part.output),
        "error": bounded(info.error) or None,
        "metadata": shown_data or None,
        "cut": True if (shown_input, shown_data) != (given, data) and not entire else None,
        "files": _files(info.files, entire=entire) or None,
        "child": info.child,
        "call": None if info.ended else info.call or None,
        "started": info.started,
        "finished": info.finished,
        "waited": waited,
    }
    return without_none(view)


def _end(output: str) -> str | None:
    """The end of an output of which a page gets the start alone."""
    return output[max(OUTPUT_BOUND, len(output) - OUTPUT_END_BOUND) :] or None


def tool_state(message: Message, info: ToolInfo) -> ToolState:
    """The state of a tool. A tool that runs in a message that has stopped was interrupted."""
    return ToolState.INTERRUPTED if not info.ended and message.stopped else info.state


def _files(files: Iterable[FileInfo], *, entire: bool) -> list[wire.FilePart]:
    """The files of one part. A file whose content has no room goes without it."""
    room, views = FILES_SIZE_BOUND, []
    for file in islice(files, None if entire else FILES_BOUND):
        room -= len(file.url)
        views.append(_file(file, entire=entire, fits=room >= 0))
    return views


def _file(info: FileInfo, *, entire: bool, fits: bool = True) -> wire.FilePart:
    fits = entire or (fits and len(info.url) <= URL_BOUND)
    view: wire.FilePart = {
        "kind": "file",
        "id": info.id,
        "mime": info.mime,
        "filename": info.filename or None,
        "url": info.url or None if fits else None,
        "size": data_size(info.url),
        "path": info.path or None,
    }
    return without_none(view)


def data_size(url: str) -> int | None:
    """The bytes of the content of a `data:` URL; None of any other URL."""
    head, comma, content = url.partition(",")
    if not head.startswith("data:") or not comma:
        return None
    if not head.endswith(";base64"):
        return len(content) - 2 * content.count("%")
    return len(content) * 3 // 4 - (content[-2:].count("=") if content else 0)


def _note(info: NoteInfo, *, entire: bool) -> wire.NotePart:
    data: dict[str, Any] | None = (whole if entire else cut)(dict(info.data)) or None
    words = info.text if entire else shortened(info.text, TEXT_BOUND)
    view: wire.NotePart = {"kind": "note", "id": info.id, "type": info.type, "text": words, "data": data}
    return without_none(view)


# ---- the project ------------------------------------------------------------------------------------------------------


def found_view(found: Found) -> wire.FoundView:
    """A file, folder or symbol."""
    view: wire.FoundView = {"kind": found.kind, "path": found.path, "name": found.name or None, "line": found.line}
    return without_none(view)


def diffs_view(diffs: Iterable[FileDiff]) -> list[wire.FileDiffView]:
    """The changes in files. Long patches, and many, are cut."""
    room, views = PATCHES_BOUND, []
    for diff in islice(diffs, DIFFS_BOUND):
        bound = min(PATCH_BOUND, room)
        views.append(_diff(diff, bound))
        room -= min(len(diff.patch or ""), bound)
    return views


def _diff(diff: FileDiff, bound: int) -> wire.FileDiffView:
    view: wire.FileDiffView = {
        "file": diff.file,
        "status": diff.status or None,
        "additions": diff.additions,
        "deletions": diff.deletions,
        "patch": diff.patch[:bound] if diff.patch is not None else None,
        "cut": True if diff.patch is not None and len(diff.patch) > bound else None,
    }
    return without_none(view)
