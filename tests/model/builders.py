"""Builders: events and infos, as small as they may be, with `ses`, `msg` and `prt` as the usual names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.entities import (
    BUSY,
    IDLE,
    MessageInfo,
    PartInfo,
    PermissionRequest,
    Problem,
    Role,
    SessionInfo,
    Status,
    TextInfo,
    ToolInfo,
    ToolState,
)
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import Change
from opencode_widget.model.state import Message, Part, Session, State

DIRECTORY = "/project"
SES, MSG, PRT = "ses", "msg", "prt"
OOPS = Problem("UnknownError", "Oops.")
ABORTED = Problem("MessageAbortedError", "Stopped.")
LOST = e.Lost()
CONNECTED = e.Connected()


# ---- infos ------------------------------------------------------------------------------------------------------------


def session_info(id: str = SES, **more: Any) -> SessionInfo:
    return SessionInfo(id, **{"title": "A session", "directory": DIRECTORY, "updated": 1, **more})


def user_info(id: str = "ask", session: str = SES, at: float = 1, **more: Any) -> MessageInfo:
    return MessageInfo(id, session, Role.USER, at, **more)


def answer_info(id: str = MSG, session: str = SES, at: float = 2, **more: Any) -> MessageInfo:
    return MessageInfo(id, session, Role.ASSISTANT, at, **{"parent": "ask", **more})


def text_info(text: str = "", id: str = PRT, **more: Any) -> TextInfo:
    return TextInfo(id, text=text, **more)


def tool_info(state: ToolState = ToolState.RUNNING, id: str = PRT, **more: Any) -> ToolInfo:
    return ToolInfo(id, "bash", state=state, **more)


def permission_info(id: str = "per", session: str = SES, **more: Any) -> PermissionRequest:
    return PermissionRequest(id, session, "bash", **more)


# ---- events -----------------------------------------------------------------------------------------------------------


def session(id: str = SES, *, birth: bool = False, **more: Any) -> e.SessionUpserted:
    return e.SessionUpserted(session_id=id, info=session_info(id, **more), created=birth)


def born(id: str = SES, **more: Any) -> e.SessionUpserted:
    """A session whose creation is observed, so that its messages are kept."""
    return session(id, birth=True, **more)


def status(value: Status, id: str = SES) -> e.StatusChanged:
    return e.StatusChanged(session_id=id, status=value)


def busy(id: str = SES) -> e.StatusChanged:
    return status(BUSY, id)


def idle(id: str = SES) -> e.StatusChanged:
    return status(IDLE, id)


def message(info: MessageInfo) -> e.MessageUpserted:
    return e.MessageUpserted(session_id=info.session_id, message_id=info.id, info=info)


def user(id: str = "ask", session: str = SES, at: float = 1, **more: Any) -> e.MessageUpserted:
    return message(user_info(id, session, at, **more))


def answer(id: str = MSG, session: str = SES, at: float = 2, **more: Any) -> e.MessageUpserted:
    return message(answer_info(id, session, at, **more))


def gone(message_id: str = MSG, session: str = SES) -> e.MessageRemoved:
    return e.MessageRemoved(session_id=session, message_id=message_id)


def part(info: PartInfo, message_id: str = MSG, session: str = SES) -> e.PartUpserted:
    return e.PartUpserted(session_id=session, message_id=message_id, part=info)


def text(
    words: str = "", id: str = PRT, message_id: str = MSG, session: str = SES, *, ended: bool = False
) -> e.PartUpserted:
    return part(text_info(words, id, ended=ended), message_id, session)


def delta(words: str, id: str = PRT, message_id: str = MSG, session: str = SES, **more: Any) -> e.PartDelta:
    return e.PartDelta(session_id=session, message_id=message_id, part_id=id, text=words, **more)


def part_gone(id: str = PRT, message_id: str = MSG, session: str = SES) -> e.PartRemoved:
    return e.PartRemoved(session_id=session, message_id=message_id, part_id=id)


def asked(id: str = "per", session: str = SES) -> e.Asked:
    return e.Asked(session_id=session, request=permission_info(id, session))


def answered(id: str = "per", session: str = SES) -> e.Answered:
    return e.Answered(session_id=session, request_id=id, outcome="once")


def errored(problem: Problem = OOPS, session: str | None = SES) -> e.SessionErrored:
    return e.SessionErrored(session_id=session, problem=problem)


def prompt(id: str = "mine", text: str = "Hello", at: float = 10, **more: Any) -> e.PromptSubmitted:
    return e.PromptSubmitted(
        **{"session_id": SES, "message_id": id, "part_id": f"{id}-text", "text": text, "at": at, **more}
    )


# ---- what is fetched --------------------------------------------------------------------------------------------------


def fetched(info: MessageInfo, *parts: PartInfo) -> e.LoadedMessage:
    return e.LoadedMessage(info, parts)


def history(*messages: e.LoadedMessage, session: str = SES, more: str | None = None, **rest: Any) -> e.History:
    return e.History(session, messages, more, **rest)


def loaded(
    *histories: e.History,
    sessions: Iterable[SessionInfo] = (session_info(),),
    at: float | None = None,
    **more: Any,
) -> e.Loaded:
    return e.Loaded(overview=e.Overview(tuple(sessions), histories=histories, **more), at=at)


def loading(id: str = SES) -> e.HistoryLoading:
    return e.HistoryLoading(session_id=id)


def history_loaded(*messages: e.LoadedMessage, session: str = SES, **more: Any) -> e.HistoryLoaded:
    return e.HistoryLoaded(session_id=session, history=history(*messages, session=session, **more))


def older(*messages: e.LoadedMessage, session: str = SES, more: str | None = None) -> e.OlderLoaded:
    return e.OlderLoaded(session_id=session, history=history(*messages, session=session, more=more))


# ---- states -----------------------------------------------------------------------------------------------------------


def play(state: State, *events: e.Event) -> list[Change]:
    """Bring events into a state; returns all that changed."""
    return [change for event in events for change in apply(state, event)]


def empty(directory: str | None = DIRECTORY) -> State:
    """A state that is live, of a server that has nothing."""
    return live(State(directory=directory))


def live(state: State) -> State:
    play(state, CONNECTED, e.Loaded(overview=e.Overview()))
    return state


def conversation(*events: e.Event) -> State:
    """A live state with the session `ses`, kept from its birth, and what happened in it."""
    state = empty()
    play(state, born(), *events)
    return state


def streaming(*events: e.Event) -> State:
    """A session at work on the answer `msg`, whose text `prt` has just begun."""
    return conversation(user(), text("Ask", "ask-text", "ask"), busy(), answer(), text(), *events)


def the_session(state: State, id: str = SES) -> Session:
    return state.sessions[id]


def the_message(state: State, id: str = MSG, session: str = SES) -> Message:
    return state.sessions[session].messages[id]


def the_part(state: State, id: str = PRT, message_id: str = MSG, session: str = SES) -> Part:
    return state.sessions[session].messages[message_id].by_id[id]


def texts(state: State, session: str = SES) -> dict[str, str]:
    """What the messages of a session say, in order."""
    return {message.id: message.text for message in state.sessions[session]}


def reported(changes: list[Change], change: Change) -> bool:
    """Is it among them? (Named tuples of two kinds are equal where their fields are.)"""
    return any(type(diff) is type(change) and diff == change for diff in changes)
