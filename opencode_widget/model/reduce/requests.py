"""Permissions and questions that wait for an answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from .. import events as e
from ..entities import AnsweredBy, PermissionRequest, Problem, Request, ToolInfo
from ..requests.foreign_answers import answered_elsewhere
from ..state import LOOK_BACK, REQUESTS_BOUND, HistoryState, Session, State
from .changes import Alerted, Change, PartChanged, RequestChanged, SessionChanged, WordsMissed
from .notices import add_notice
from .oddities import count_missed


def asked(state: State, event: e.Asked, out: list[Change]) -> None:
    """Add a request that waits for an answer."""
    request = event.request
    if request.id in state.answered:
        return
    if request.id not in state.requests and len(state.requests) >= REQUESTS_BOUND:
        out.append(WordsMissed(None, again=False))
        count_missed(state, out)
        return
    state.requests[request.id] = request
    if (session := state.sessions.get(request.session_id)) is not None:
        session.waiting_times.begin(request, event.at)
    out.append(RequestChanged(request.id))
    counted = state.waits.put(request.id, state.counted_in(request))
    out.extend(SessionChanged(id) for id in sorted(counted) if id in state.sessions)


def answered(state: State, event: e.Answered, out: list[Change]) -> None:
    """Remove a request that was answered, and report an answer that came from elsewhere."""
    is_news = event.request_id not in state.answered
    state.answered.add(event.request_id)
    request = state.requests.get(event.request_id)
    if request is not None:
        remove_request(state, request.id, event.at, out)
    if event.answered_by in (AnsweredBy.OTHER, AnsweredBy.UNKNOWN) and (is_news or event.is_correction):
        _report_answer(
            state, event.session_id, answered_elsewhere(replace(event, request=request or event.request)), out
        )


def requests_withdrawn(state: State, event: e.RequestsWithdrawn, out: list[Change]) -> None:
    """Remove the requests for whose answers the server no longer waits.

    They do not count as answered: where the state was fetched meanwhile, this may be the end of an earlier turn than the one that asks.
    """
    for id in state.waits.of(event.session_id):
        request = state.requests[id]
        if request.session_id == event.session_id and _ended_with(request, event):
            remove_request(state, id, event.at, out)


def _ended_with(request: Request, event: e.RequestsWithdrawn) -> bool:
    """Does a request end with the call, or, where the event names none, with the turn? A form that no tool asked may outlive the turn."""
    if event.call is not None:
        # A model may give calls of two messages the same id.
        return request.call == event.call and event.message_id in (None, request.message_id)
    return request.call is not None or isinstance(request, PermissionRequest)


def _report_answer(state: State, session_id: str, problem: Problem, out: list[Change]) -> None:
    """Show an answer from elsewhere in the transcript; as an alert, too, unless the user looks at that transcript."""
    session = state.sessions.get(session_id)
    is_kept = session is not None and session.history_state is HistoryState.READY
    if session is not None and is_kept:
        add_notice(session, problem, out)
    if not is_kept or state.viewed != session_id:
        out.append(Alerted(problem))


def remove_request(state: State, id: str, at: float | None, out: list[Change]) -> None:
    """Remove a request that ended `at`, and no longer count it in its sessions."""
    request = state.requests.pop(id)
    if (session := state.sessions.get(request.session_id)) is not None and session.waiting_times.end(id, at):
        _report_wait(session, request, out)
    out.append(RequestChanged(id))
    out.extend(SessionChanged(status) for status in sorted(state.waits.remove(id)) if status in state.sessions)


def _report_wait(session: Session, request: Request, out: list[Change]) -> None:
    """The part of a request's call waited longer than was known. It is one of the latest of its message, if it is known at all."""
    message = session.messages.get(request.message_id or "")
    if message is None:
        return
    latest = [part.info for part in islice(reversed(message.by_id.values()), LOOK_BACK)]
    calls = (info for info in latest if isinstance(info, ToolInfo) and info.call == request.call)
    out.extend(PartChanged(session.id, message.id, info.id) for info in calls)
