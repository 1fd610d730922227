"""Permissions and questions that wait for an answer."""

from __future__ import annotations

from dataclasses import replace

from .. import events as e
from ..entities import AnsweredBy, PermissionRequest, Problem, Request
from ..requests.foreign_answers import answered_elsewhere
from ..state import REQUESTS_BOUND, HistoryState, State
from .changes import Alerted, Change, RequestChanged, SessionChanged, WordsMissed
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
    out.append(RequestChanged(request.id))
    counted = state.waits.put(request.id, state.counted_in(request))
    out.extend(SessionChanged(id) for id in sorted(counted) if id in state.sessions)


def answered(state: State, event: e.Answered, out: list[Change]) -> None:
    """Remove a request that was answered, and report an answer that came from elsewhere."""
    is_news = event.request_id not in state.answered
    state.answered.add(event.request_id)
    request = state.requests.get(event.request_id)
    if request is not None:
        remove_request(state, request.id, out)
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
        if request.session_id == event.session_id and _ended_with(request, event.call):
            remove_request(state, id, out)


def _ended_with(request: Request, call: str | None) -> bool:
    """Does a request end with this call, or, with None, with the turn? A form that no tool asked may outlive the turn."""
    if call is not None:
        return request.call == call
    return request.call is not None or isinstance(request, PermissionRequest)


def _report_answer(state: State, session_id: str, problem: Problem, out: list[Change]) -> None:
    """Show an answer from elsewhere in the transcript; as an alert, too, unless the user looks at that transcript."""
    session = state.sessions.get(session_id)
    is_kept = session is not None and session.history_state is HistoryState.READY
    if session is not None and is_kept:
        add_notice(session, problem, out)
    if not is_kept or state.viewed != session_id:
        out.append(Alerted(problem))


def remove_request(state: State, id: str, out: list[Change]) -> None:
    """Remove a request, and no longer count it in its sessions."""
    del state.requests[id]
    out.append(RequestChanged(id))
    out.extend(SessionChanged(status) for status in sorted(state.waits.remove(id)) if status in state.sessions)
