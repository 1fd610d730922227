"""Prompts that the end of a turn left without an answer."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.reduce.changes import MessageChanged
from opencode_widget.model.state import State

from .. import builders
from ..builders import SES


def states(state: State) -> dict[str, str]:
    return {message.id: str(message.state) for message in builders.the_session(state)}


def stopped(*events: e.Event) -> State:
    """A turn that was stopped, with a prompt that waited behind it."""
    return builders.streaming(builders.user("next", at=3), builders.answer(error=builders.ABORTED), *events)


def test_a_prompt_that_waited_when_the_turn_was_stopped_is_left_behind() -> None:
    state = stopped()
    changes = builders.play(state, builders.idle())
    assert states(state) == {"ask": "complete", "msg": "interrupted", "next": "unanswered"}
    assert builders.reported(changes, MessageChanged(SES, "next"))


def test_so_is_one_whose_turn_ended_before_its_first_step() -> None:
    state = builders.conversation(builders.user(), builders.busy())
    assert states(state) == {"ask": "complete"}
    builders.play(state, builders.idle())
    assert states(state) == {"ask": "unanswered"}


def test_two_that_waited_are_both() -> None:
    state = stopped(builders.user("last", at=4), builders.idle())
    assert [states(state)[id] for id in ("next", "last")] == ["unanswered", "unanswered"]


def test_a_prompt_whose_turn_is_about_to_begin_is_not() -> None:
    state = builders.conversation(builders.user())
    assert states(state) == {"ask": "complete"}
    builders.play(state, builders.user("next", at=3))
    assert states(state) == {"ask": "complete", "next": "complete"}


def test_a_turn_takes_them_along() -> None:
    state = stopped(builders.idle(), builders.user("again", at=5), builders.busy())
    assert states(state)["next"] == "complete"
    builders.play(state, builders.answer("late", at=6, completed=7, parent="again"), builders.idle())
    assert "unanswered" not in states(state).values()


def test_an_answer_that_comes_late_is_one() -> None:
    state = stopped(builders.idle())
    builders.play(state, builders.answer("late", at=6, completed=7, parent="next"))
    assert states(state)["next"] == "complete"


def test_an_answer_that_stands_before_its_prompt_is_one_too() -> None:
    """The clocks of the one who sent the prompt and of the server may differ."""
    state = builders.conversation(
        builders.user(at=9), builders.busy(), builders.answer(at=2, completed=3, parent="ask"), builders.idle()
    )
    assert states(state)["ask"] == "complete"


def test_a_prompt_of_which_the_server_says_that_it_waits_is_not() -> None:
    state = builders.streaming(builders.user("next", at=3, queued=True), builders.answer(completed=4), builders.idle())
    assert states(state)["next"] == "queued"


def test_nothing_is_while_a_revert_hides_messages() -> None:
    hidden = builders.session_info(revert="next")
    state = stopped(e.SessionUpserted(session_id=SES, info=hidden), builders.idle())
    assert states(state)["next"] == "complete"


def test_one_that_is_removed_is_forgotten() -> None:
    state = stopped(builders.idle(), builders.gone("next"))
    assert builders.the_session(state).unanswered == {}


def test_a_notice_after_it_says_why_and_changes_nothing() -> None:
    state = builders.conversation(builders.user(), builders.busy(), builders.errored(), builders.idle())
    assert states(state)["ask"] == "unanswered"


@pytest.mark.parametrize("runs", [True, False])
def test_they_are_found_in_messages_that_are_fetched(runs: bool) -> None:
    state = builders.live(builders.empty())
    builders.play(state, builders.session(), *([builders.busy()] if runs else []))
    answer = builders.fetched(builders.answer_info(completed=3, parent="ask"))
    left = builders.fetched(builders.user_info("next", at=4))
    builders.play(
        state, builders.loading(), builders.history_loaded(builders.fetched(builders.user_info()), answer, left)
    )
    assert states(state)["next"] == ("complete" if runs else "unanswered")


def test_a_session_that_forgets_its_messages_forgets_them() -> None:
    state = stopped(builders.idle(), e.HistoryDropped(session_id=SES))
    assert builders.the_session(state).unanswered == {}


def test_they_are_found_where_the_end_of_the_turn_was_missed() -> None:
    state = stopped(e.Lost(), e.Connected())
    answer = builders.answer_info(completed=3, parent="ask")
    kept = [builders.fetched(info) for info in (builders.user_info(), answer, builders.user_info("next", at=4))]
    builders.play(state, builders.loaded(builders.history(*kept)))
    assert states(state)["next"] == "unanswered"
