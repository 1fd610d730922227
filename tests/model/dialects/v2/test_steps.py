"""OpenCode 2.x: a step begins, and what that says of the one before it."""

from __future__ import annotations

from opencode_widget.model.entities import BUSY, Activity
from opencode_widget.model.state import MessageState, State

from ....support.v2 import events as two
from ....support.v2.events import ERROR, MODEL, NOW
from ...session_v2 import born, message, receive, session

SECOND = "msg_second"


def begin(state: State, id: str = two.MESSAGE, at: float = NOW) -> None:
    data = {**two.OF_SESSION, "assistantMessageID": id, "agent": "build", "model": MODEL, "started": int(at)}
    receive(state, "session.step.started", data, at=at)


def test_a_step_ends_the_one_before_it_that_was_left_without_an_end() -> None:
    state = born()
    begin(state)
    receive(state, "session.tool.input.started")
    receive(state, "session.tool.failed")
    receive(state, "session.execution.interrupted")
    assert message(state).state is MessageState.INTERRUPTED
    begin(state, SECOND, NOW + 50)
    assert (message(state).info.completed, message(state).state) == (NOW + 50, MessageState.COMPLETE)
    assert (message(state, SECOND).info.completed, message(state, SECOND).state) == (None, MessageState.STREAMING)


def test_an_end_that_was_reported_stays() -> None:
    state = born()
    begin(state)
    receive(state, "session.step.ended", at=NOW + 10)
    begin(state, SECOND, NOW + 50)
    assert message(state).info.completed == NOW + 10


def test_a_command_of_the_user_that_still_runs_is_not_ended() -> None:
    state = born()
    begin(state)
    receive(state, "session.shell.started", at=NOW + 5)
    begin(state, SECOND, NOW + 50)
    first, shell, second = session(state)
    assert (first.info.completed, shell.info.completed, second.info.completed) == (NOW + 50, None, None)


def test_a_step_that_is_begun_again_has_no_error_any_more_and_keeps_its_time_and_what_it_cost() -> None:
    state = born()
    begin(state)
    failed = {**two.OF_SESSION, "assistantMessageID": two.MESSAGE, "error": ERROR, "cost": 0.5, "tokens": two.TOKENS}
    receive(state, "session.step.failed", failed, at=NOW + 10)
    assert message(state).state is MessageState.FAILED
    begin(state, at=NOW + 50)
    info = message(state).info
    assert (info.error, info.completed, info.finish, info.created) == (None, None, None, NOW)
    assert info.cost == 0.5
    assert info.tokens is not None
    assert message(state).state is MessageState.STREAMING


def test_a_retry_that_was_waited_for_ends_with_its_step() -> None:
    state = born()
    begin(state)
    receive(state, "session.retry.scheduled")
    assert session(state).status.activity is Activity.RETRY
    begin(state)
    assert session(state).status == BUSY
