"""A prompt of ours that the server has not confirmed is removed by nothing but our own failure."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import MessageGone, TranscriptChanged
from opencode_widget.model.state import HistoryState, MessageState, State

from .. import builders
from ..builders import MSG, SES

REMOVED = e.MessagesRemoved(session_id=SES, message_id="ask", at=1_000)


def sent(*, accepted: bool = False) -> State:
    """A turn is over, and the next prompt is on its way; our clock is behind the server's."""
    state = builders.streaming(builders.answer(completed=9), builders.idle())
    builders.play(state, builders.prompt(at=5))
    if accepted:
        builders.play(state, e.PromptAccepted(session_id=SES, message_id="mine"))
    return state


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    "cause",
    [
        REMOVED,
        e.MessagesRemoved(session_id=SES, message_id="ask", at=1_000, stays=True),
        e.MessagesRemoved(session_id=SES, message_id="nowhere", at=1_000),
        e.HistoryDropped(session_id=SES),
        builders.loaded(),
        e.Lost(),
    ],
)
def test_no_event_that_does_not_name_it_removes_it(cause: e.Event, *, accepted: bool) -> None:
    state = sent(accepted=accepted)
    apply(state, cause)
    mine = builders.the_message(state, "mine")
    assert (mine.text, mine.state) == ("Hello", MessageState.SENDING)
    assert builders.the_session(state).ids[-1] == "mine"
    assert "mine" not in builders.the_session(state).removed


def test_the_server_confirms_it_after_a_commit_of_a_revert_and_its_answer_follows_it() -> None:
    state = sent()
    builders.play(state, REMOVED, builders.user("mine", at=11), builders.answer("next", at=12, parent="mine"))
    assert builders.the_session(state).ids == ["mine", "next"]
    assert builders.the_message(state, "mine").state is MessageState.COMPLETE


def test_a_prompt_that_waits_in_the_server_s_inbox_stays_too() -> None:
    state = builders.streaming(builders.user("waits", at=3, queued=True), REMOVED)
    assert builders.the_session(state).ids == ["waits"]


def test_the_messages_that_are_forgotten_around_it_are_reported() -> None:
    for cause in (e.HistoryDropped(session_id=SES), builders.loaded()):
        state = sent()
        changes = apply(state, cause)
        session = builders.the_session(state)
        assert builders.reported(changes, TranscriptChanged(SES))
        assert (session.history_state, session.ids) == (HistoryState.ABSENT, ["mine"])
        builders.play(state, builders.loading(), builders.history_loaded(builders.fetched(builders.answer_info(MSG))))
        assert session.ids == [MSG, "mine"]


def test_our_own_failure_removes_it() -> None:
    state = sent()
    failed = e.PromptFailed(session_id=SES, message_id="mine")
    assert apply(state, failed) == [MessageGone(SES, "mine")]


def test_a_server_that_names_it_has_confirmed_it() -> None:
    state = sent(accepted=True)
    assert builders.reported(apply(state, builders.gone("mine")), MessageGone(SES, "mine"))
