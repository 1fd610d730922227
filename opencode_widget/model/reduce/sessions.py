"""The events of sessions, apart from those of their messages. The rules stand at the head of `__init__.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from .. import events as e
from ..entities import MessageInfo, Role, SessionInfo
from ..state import LOOK_BACK, SESSIONS_BOUND, HistoryState, Session, State
from .changes import (
    Alerted,
    Change,
    InstanceChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
    ViewedChanged,
)
from .message_state import settle, take_status
from .notices import is_reported, place_error
from .parts import buffer
from .patched import patched
from .prompts import look_for_unanswered
from .requests import remove_request


def session_upserted(state: State, event: e.SessionUpserted, out: list[Change]) -> None:
    """Add a session, or replace what is known of it."""
    if event.session_id in state.removed:
        return
    session = state.sessions.get(event.session_id)
    if session is None:
        session = _add_session(state, event.info, out)
    elif not event.created:  # the state at its creation is never newer than what is known
        parent, session.info = session.info.parent, event.info
        if session.info.parent != parent:
            _count_anew(state, session.id, out)
    if event.created and session.history_state is HistoryState.ABSENT:
        session.history_state = HistoryState.READY
    out.append(SessionChanged(session.id))


def _add_session(state: State, info: SessionInfo, out: list[Change]) -> Session:
    """Add a session; where there are too many, drop the oldest that is not in use."""
    if len(state.sessions) >= SESSIONS_BOUND:
        _drop_oldest_session(state, out)
    session = state.sessions[info.id] = Session(info)
    _count_anew(state, info.id, out)
    return session


def _drop_oldest_session(state: State, out: list[Change]) -> None:
    first = (state.sessions[id] for id in islice(state.sessions, LOOK_BACK))
    unused = (
        session
        for session in first
        if session.history_state is HistoryState.ABSENT and not session.busy and session.id != state.viewed
    )
    if (oldest := next(unused, None)) is not None:
        del state.sessions[oldest.id]
        out.append(SessionGone(oldest.id))
        state.more_sessions = True
        out.append(InstanceChanged())


def _count_anew(state: State, session_id: str, out: list[Change]) -> None:
    """The ancestors of a session changed: they count its requests and those of the sessions below it."""
    for id in state.waits.of(session_id):
        line = state.counted_in(state.requests[id])
        out.extend(SessionChanged(status) for status in sorted(state.waits.put(id, line)) if status in state.sessions)


def session_patched(state: State, event: e.SessionPatched, out: list[Change]) -> None:
    """Change some fields of a session."""
    if (session := state.sessions.get(event.session_id)) is not None:
        session.info = patched(session.info, event.changes)
        out.append(SessionChanged(session.id))


def session_removed(state: State, event: e.SessionRemoved, out: list[Change]) -> None:
    """Remove a session with its requests; it stays removed, whatever is reported of it later."""
    state.removed.add(event.session_id)
    if state.sessions.pop(event.session_id, None) is None:
        return
    for id in state.waits.of(event.session_id):
        if state.requests[id].session_id == event.session_id:
            remove_request(state, id, None, out)
    _count_anew(state, event.session_id, out)
    out.append(SessionGone(event.session_id))


def status_changed(state: State, event: e.StatusChanged, out: list[Change]) -> None:
    """Take what the turn of a session does now, and judge its messages by it."""
    if (session := state.sessions.get(event.session_id)) is not None:
        had_turn, session.turn_status = session.has_turn, event.status
        if take_status(session, out):
            if had_turn:
                look_for_unanswered(session)
            settle(session, out)


def shell_changed(state: State, event: e.ShellChanged, out: list[Change]) -> None:
    """A shell command of the user began or ended."""
    if not event.running:
        state.shells.discard(event.shell_id)
    if (session := state.sessions.get(event.session_id)) is not None:
        (session.shells.add if event.running else session.shells.discard)(event.shell_id)
        session.unsettled.add(event.shell_id)
        take_status(session, out)
        settle(session, out)


def session_errored(state: State, event: e.SessionErrored, out: list[Change]) -> None:
    """Show an error of a session in its transcript; of a session that is not known, as an alert."""
    session = state.sessions.get(event.session_id) if event.session_id is not None else None
    if session is None:
        out.append(Alerted(event.problem))
    elif session.history_state is HistoryState.LOADING:
        buffer(session, event)
    elif session.history_state is HistoryState.READY and not is_reported(session, event):
        place_error(session, event.problem, out)


def todos_changed(state: State, event: e.TodosChanged, out: list[Change]) -> None:
    """Replace the to-do list of a session."""
    if (session := state.sessions.get(event.session_id)) is not None:
        session.todos = event.todos
        out.append(TodosReplaced(session.id))


def history_dropped(state: State, event: e.HistoryDropped, out: list[Change]) -> None:
    """Forget the messages of a session that is no longer in use."""
    if (session := state.sessions.get(event.session_id)) is not None and state.keeps_messages:
        session.forget_history()
        if session.ids:  # prompts of ours: the page still shows what was before them
            out.append(TranscriptChanged(session.id))


def tab_closed(state: State, event: e.TabClosed, out: list[Change]) -> None:
    """The user closed the tab of a session."""
    if (session := state.sessions.get(event.session_id)) is not None:
        session.closed = True
        out.append(SessionChanged(session.id))


def allow_all_changed(state: State, event: e.AllowAllChanged, out: list[Change]) -> None:
    """The user allowed everything in a session, or ended that."""
    if (session := state.sessions.get(event.session_id)) is not None:
        session.allows_all = event.allowed
        out.append(SessionChanged(session.id))


def viewed(state: State, event: e.Viewed, out: list[Change]) -> None:
    """The user looks at another session. Looking at a session clears its marks."""
    if state.viewed != event.session_id:
        state.viewed = event.session_id
        out.append(ViewedChanged(event.session_id))
    session = state.sessions.get(event.session_id) if event.session_id is not None else None
    if session is not None and (session.unread or session.closed):
        session.unread = session.closed = False
        out.append(SessionChanged(session.id))


def more_sessions_loaded(state: State, event: e.MoreSessionsLoaded, out: list[Change]) -> None:
    """Add older sessions that were fetched."""
    state.more_sessions = event.more_sessions
    out.append(InstanceChanged())
    for info in event.sessions:
        if info.id not in state.sessions and info.id not in state.removed:
            _add_session(state, info, out)
            out.append(SessionChanged(info.id))


# ---- the agent and the model of a session whose server does not state them --------------------------------------------

# OpenCode before 1.15 states neither in a session, and goes on with the model of the last prompt. Without this the page would show the
# server's defaults as chosen, and a compaction would send the conversation to a model that the user did not choose.
#
# 1. What the server states of a session counts. Only where it states neither agent nor model are they taken from the messages.
# 2. The newest prompt that names one counts; where none does, the newest answer that is no summary.
# 3. `Session.inferred` remembers what was taken, so that the next message may change it.

# The events after which a session may have another agent or model.
MAY_CHOOSE: frozenset[type[e.Event]] = frozenset(
    {e.SessionUpserted, e.MessageUpserted, e.MessageRemoved, e.HistoryLoaded, e.OlderLoaded, e.Loaded}
)


def infer_choice(state: State, event: e.Event, out: list[Change]) -> None:
    """Take agent and model from the messages of the sessions that an event is about, where the server does not state them."""
    if isinstance(event, e.Loaded):
        sessions: Iterable[Session] = state.sessions.values()
    else:
        found = state.sessions.get(getattr(event, "session_id", ""))
        sessions = () if found is None else (found,)
    for session in sessions:
        _infer(session, out)


def _infer(session: Session, out: list[Change]) -> None:
    info = session.info
    stated = (info.agent, info.model, info.variant)
    if any(stated) and stated != session.inferred:
        session.inferred = None
        return
    newest = _newest(session)
    if newest is None:
        return
    session.inferred = (newest.agent, newest.model, newest.variant)
    if session.inferred != stated:
        session.info = replace(info, agent=newest.agent, model=newest.model, variant=newest.variant)
        out.append(SessionChanged(session.id))


def _newest(session: Session) -> MessageInfo | None:
    answer = None
    for id in islice(reversed(session.ids), LOOK_BACK):
        message = session.messages[id]
        info = message.info
        if message.local or info.summary or not (info.agent or info.model):
            continue
        if info.role is Role.USER:
            return info
        answer = answer or info
    return answer
