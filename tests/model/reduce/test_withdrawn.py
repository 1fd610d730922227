"""Requests that the server drops without a word: with their tool call, or with their turn."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, QuestionRequest, Request
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import RequestChanged, SessionChanged
from opencode_widget.model.state import State

from .. import builders
from ..builders import SES

TURN_ENDS = e.RequestsWithdrawn(session_id=SES)


def asking() -> State:
    """Two sessions ask: one for two permissions and two answers, one for a permission."""
    state = builders.conversation()
    builders.play(state, builders.born("child", parent=SES))
    requests: list[Request] = [
        builders.permission_info("one", call="call_1"),
        builders.permission_info("free"),
        QuestionRequest("form", SES, (), "msg", "call_2"),
        QuestionRequest("login", SES, ()),
        builders.permission_info("below", "child", call="call_1"),
    ]
    for request in requests:
        apply(state, e.Asked(session_id=request.session_id, request=request))
    return state


def test_a_call_that_ended_waits_for_nothing() -> None:
    state = asking()
    changes = apply(state, e.RequestsWithdrawn(session_id=SES, call="call_1"))
    assert changes == [RequestChanged("one"), SessionChanged(SES)]
    assert list(state.requests) == ["free", "form", "login", "below"]
    assert state.waiting(SES) == 4


@pytest.mark.parametrize(("message", "waits"), [("msg", False), ("another", True)])
def test_a_call_of_another_message_may_have_the_same_id(message: str, waits: bool) -> None:
    state = builders.conversation()
    request = builders.permission_info("one", call="call_1", message_id="msg")
    apply(state, e.Asked(session_id=SES, request=request))
    apply(state, e.RequestsWithdrawn(session_id=SES, call="call_1", message_id=message))
    assert bool(state.requests) is waits


def test_a_turn_that_ended_waits_for_no_permission_and_no_tool() -> None:
    state = asking()
    apply(state, TURN_ENDS)
    assert list(state.requests) == ["login", "below"]
    assert (state.waiting(SES), state.waiting("child")) == (2, 1)


def test_a_session_that_is_not_known_asks_nothing() -> None:
    assert apply(builders.empty(), TURN_ENDS) == []


def test_the_end_of_an_earlier_turn_withdraws_nothing_from_the_present_one() -> None:
    state = builders.conversation(builders.LOST, builders.CONNECTED)
    request = builders.permission_info("one", call="call_1")
    builders.play(state, TURN_ENDS, builders.busy(), e.Asked(session_id=SES, request=request))
    apply(state, builders.loaded(statuses={SES: BUSY}, requests=(request,)))
    assert list(state.requests) == ["one"]


def test_a_log_withdraws_nothing_for_the_requests_were_fetched() -> None:
    state = builders.conversation(builders.LOST, builders.CONNECTED)
    request = builders.permission_info("one", call="call_1")
    replays = (e.Replay(SES, (TURN_ENDS,)),)
    apply(state, builders.loaded(requests=(request,), replays=replays))
    assert list(state.requests) == ["one"]
