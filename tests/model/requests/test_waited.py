"""How long tool calls waited for the user: counted by the reducer, and told to the page with the part."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import Question, QuestionRequest, Request, ToolInfo, ToolState
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import PartChanged, RequestChanged, SessionChanged
from opencode_widget.model.requests import waited
from opencode_widget.model.requests.waited import WaitingTimes
from opencode_widget.model.state import State
from opencode_widget.model.view import message_view

from .. import builders
from ..builders import MSG, PRT, SES

RUNS = ToolInfo(PRT, "bash", "call", ToolState.RUNNING, started=1_000)
ENDED = builders.part(ToolInfo(PRT, "bash", "call", ToolState.COMPLETED, started=1_000, finished=31_000))


def permission(id: str = "per", call: str | None = "call") -> Request:
    return builders.permission_info(id, message_id=MSG, call=call)


def asked(request: Request, at: float | None) -> e.Asked:
    return e.Asked(session_id=SES, request=request, at=at)


def answered(id: str, at: float | None) -> e.Answered:
    return e.Answered(session_id=SES, request_id=id, outcome="once", at=at)


def running(*events: e.Event) -> State:
    state = builders.streaming(builders.part(RUNS))
    builders.play(state, *events)
    return state


def history() -> e.History:
    return e.History(SES, (e.LoadedMessage(builders.answer_info(), (RUNS,)),))


def waited_of(state: State) -> float | None:
    session = state.sessions[SES]
    part = message_view(session.messages[MSG], session)["parts"][0]
    assert part["kind"] == "tool"
    return part.get("waited")


def test_the_time_from_the_request_to_its_answer_is_not_the_tools() -> None:
    state = running(asked(permission(), 100_000))
    assert waited_of(state) is None
    builders.play(state, answered("per", 126_000), ENDED)
    assert waited_of(state) == 26_000


def test_a_question_counts_as_a_permission_does() -> None:
    question = QuestionRequest("que", SES, (Question("Why?"),), MSG, "call")
    assert waited_of(running(asked(question, 0), answered("que", 5_000))) == 5_000


def test_requests_one_after_another_add_up_and_requests_side_by_side_count_once() -> None:
    one, two = permission("one"), permission("two")
    state = running(asked(one, 0), asked(two, 10), answered("one", 40), answered("two", 100))
    assert waited_of(state) == 100
    builders.play(state, asked(permission("three"), 1_000), answered("three", 1_005))
    assert waited_of(state) == 105


def test_a_request_that_is_stated_again_waits_since_the_first_time() -> None:
    assert waited_of(running(asked(permission(), 10), asked(permission(), 20), answered("per", 30))) == 20


@pytest.mark.parametrize(
    ("call", "since", "until"),
    [("another", 0, 10), (None, 0, 10), ("call", None, 10), ("call", 0, None), ("call", 10, 0)],
    ids=["another call", "no call", "unknown beginning", "unknown end", "a clock that was set back"],
)
def test_what_is_not_known_of_the_call_is_not_counted(
    call: str | None, since: float | None, until: float | None
) -> None:
    assert waited_of(running(asked(permission(call=call), since), answered("per", until))) is None


def test_a_call_that_ended_waits_no_longer() -> None:
    withdrawn = e.RequestsWithdrawn(session_id=SES, call="call", at=70)
    assert waited_of(running(asked(permission(), 10), ENDED, withdrawn)) == 60


def test_a_request_that_still_waits_after_a_loss_waited_all_the_time() -> None:
    state = running(asked(permission(), 10), builders.LOST, builders.CONNECTED)
    apply(state, builders.loaded(history(), requests=(permission(),), at=500))
    builders.play(state, answered("per", 700))
    assert waited_of(state) == 690


def test_when_a_request_was_answered_during_a_loss_is_not_known() -> None:
    state = running(asked(permission(), 10), builders.LOST, builders.CONNECTED)
    apply(state, builders.loaded(history(), at=500))
    builders.play(state, answered("per", 700))
    assert waited_of(state) is None


def test_a_request_that_the_kernel_finds_waited_at_least_since_then() -> None:
    state = running(builders.LOST, builders.CONNECTED)
    elsewhere = builders.permission_info("far", "unknown", message_id=MSG, call="call")
    apply(state, builders.loaded(history(), requests=(permission(), elsewhere), at=500))
    builders.play(state, answered("per", 700))
    assert waited_of(state) == 200


def test_it_is_known_before_the_messages_are_and_after_they_were_dropped() -> None:
    state = builders.streaming(builders.part(RUNS))
    builders.play(state, asked(permission(), 0), answered("per", 9), e.HistoryDropped(session_id=SES))
    builders.play(state, e.HistoryLoading(session_id=SES))
    builders.play(state, e.HistoryLoaded(session_id=SES, history=history()))
    assert waited_of(state) == 9


def test_pages_get_it_with_a_snapshot_and_with_the_part() -> None:
    state = running(asked(permission(), 0), answered("per", 9))
    patch = Patch("i", state)
    patch.show(SES)
    (transcript,) = [op for op in patch.drain() if op["op"] == "transcript"]
    part = transcript["transcript"]["messages"][-1]["parts"][0]
    assert (part["waited"], part["call"]) == (9, "call")
    patch.add(apply(state, ENDED))
    (changed,) = [op["part"] for op in patch.drain() if op["op"] == "part"]
    assert changed["waited"] == 9
    assert "call" not in changed


def test_the_calls_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waited, "CALLS_BOUND", 2)
    times = WaitingTimes()
    for id in ("a", "b", "c"):
        times.begin(permission(id, id), 0)
    for id in ("a", "b", "c", "unknown"):
        times.end(id, 5)
    assert [times.of(MSG, id) for id in ("a", "b", "c")] == [None, 5, 5]


def test_pages_learn_of_an_answer_that_comes_after_the_tools_end() -> None:
    state = running(builders.part(builders.text_info("so", "later")), asked(permission(), 0), ENDED)
    assert PartChanged(SES, MSG, PRT) in apply(state, answered("per", 9))


def test_an_answer_to_a_call_of_an_unknown_message_changes_no_part() -> None:
    state = builders.conversation(asked(permission(), 0))
    assert apply(state, answered("per", 9)) == [RequestChanged("per"), SessionChanged(SES)]
