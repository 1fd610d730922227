"""How far a message is, read off what the server says of it and of its session."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, Problem, Status, ToolState
from opencode_widget.model.reduce.changes import MessageChanged, OpenPartsChanged
from opencode_widget.model.state import MessageState, State
from opencode_widget.model.view import part_view

from .. import builders
from ..builders import MSG, SES


def states(state: State) -> dict[str, str]:
    return {message.id: str(message.state) for message in builders.the_session(state)}


# ---- answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_streams_while_its_session_works_and_is_complete_with_its_end() -> None:
    state = builders.streaming()
    assert states(state) == {"ask": "complete", "msg": "streaming"}
    builders.play(state, builders.answer(completed=3))
    assert states(state)["msg"] == "complete"
    builders.play(state, builders.idle())
    assert states(state)["msg"] == "complete"


def test_an_answer_streams_while_the_session_tries_again() -> None:
    state = builders.streaming(builders.status(Status(Activity.RETRY, "Overloaded", 1)))
    assert states(state)["msg"] == "streaming"


def test_an_answer_may_end_after_its_session_is_idle() -> None:
    state = builders.streaming(builders.idle())
    assert states(state)["msg"] == "interrupted"
    builders.play(state, builders.answer(completed=3))
    assert states(state)["msg"] == "complete"


def test_two_idles_are_one() -> None:
    state = builders.streaming(builders.answer(completed=3), builders.idle())
    assert builders.play(state, builders.idle()) == []


@pytest.mark.parametrize(("problem", "ends"), [(builders.ABORTED, "interrupted"), (builders.OOPS, "failed")])
def test_an_error_ends_an_answer(problem: Problem, ends: str) -> None:
    state = builders.streaming(builders.answer(error=problem))
    assert states(state)["msg"] == ends


def test_a_part_may_be_stated_after_its_session_is_idle() -> None:
    state = builders.streaming(builders.delta("Hel"), builders.idle(), builders.text("Hello", ended=True))
    assert builders.texts(state)["msg"] == "Hello"


def test_an_answer_goes_on_when_its_session_works_after_all() -> None:
    state = builders.streaming(builders.idle(), builders.busy())
    assert states(state)["msg"] == "streaming"


def test_an_answer_that_another_follows_streams_no_longer() -> None:
    """No server repairs what a crash left behind; a session works on one answer at a time."""
    state = builders.streaming(
        builders.idle(), builders.user("again", at=5), builders.busy(), builders.answer("new", at=6, parent="again")
    )
    assert states(state) == {"ask": "complete", "msg": "interrupted", "again": "complete", "new": "streaming"}


# ---- what the page must receive ----------------------------------------------------------------------------------------


def test_parts_that_stop_or_go_on_with_their_message_are_reported() -> None:
    state = builders.streaming()
    for event, ended in ((builders.idle(), True), (builders.busy(), False)):
        changes = builders.play(state, event)
        assert builders.reported(changes, MessageChanged(SES, MSG))
        assert builders.reported(changes, OpenPartsChanged(SES, MSG))
        assert part_view(builders.the_message(state), builders.the_part(state))["ended"] is ended


def test_a_tool_left_running_in_a_session_at_rest_was_interrupted() -> None:
    state = builders.conversation(
        builders.user(), builders.busy(), builders.answer(), builders.part(builders.tool_info())
    )
    assert part_view(builders.the_message(state), builders.the_part(state))["state"] == "running"
    changes = builders.play(state, builders.idle())
    assert builders.reported(changes, OpenPartsChanged(SES, MSG))
    assert part_view(builders.the_message(state), builders.the_part(state))["state"] == "interrupted"


def test_a_tool_that_ended_stays_as_it_ended() -> None:
    state = builders.conversation(builders.answer(), builders.part(builders.tool_info(ToolState.ERROR)))
    assert part_view(builders.the_message(state), builders.the_part(state))["state"] == "error"


def test_a_server_that_came_back_without_memory_leaves_interrupted_tools() -> None:
    state = builders.streaming(builders.part(builders.tool_info(id="tool")))
    left = builders.fetched(builders.answer_info(), builders.tool_info(id="tool"))
    builders.play(state, builders.LOST, builders.CONNECTED, builders.loaded(builders.history(left)))
    assert part_view(builders.the_message(state), builders.the_part(state, "tool"))["state"] == "interrupted"


# ---- prompts -----------------------------------------------------------------------------------------------------------


def test_a_prompt_waits_for_the_answer_before_it() -> None:
    state = builders.streaming(builders.user("next", at=5))
    assert states(state)["next"] == "queued"
    builders.play(state, builders.answer(completed=6), builders.answer("reply", at=7, parent="next"))
    assert states(state)["next"] == "complete"


def test_a_prompt_is_taken_up_with_its_own_answer() -> None:
    state = builders.streaming(builders.user("next", at=1.5), builders.answer(parent="next"))
    assert states(state)["next"] == "complete"


def test_a_prompt_waits_no_longer_in_a_session_at_rest() -> None:
    state = builders.streaming(builders.user("next", at=5), builders.idle())
    assert states(state)["next"] == "unanswered"


def test_a_prompt_does_not_wait_for_what_a_crash_left_behind() -> None:
    state = builders.streaming(
        builders.idle(), builders.user("again", at=5), builders.busy(), builders.answer("new", at=6, parent="again")
    )
    assert states(state)["again"] == "complete"


def test_a_server_may_say_itself_that_a_prompt_waits() -> None:
    state = builders.conversation(builders.user("next", queued=True))
    assert states(state) == {"next": "queued"}
    builders.play(
        state, builders.busy(), e.MessagePatched(session_id=SES, message_id="next", changes={"queued": False})
    )
    assert states(state) == {"next": "complete"}


def test_a_prompt_is_being_sent_until_the_server_speaks_of_it() -> None:
    state = builders.conversation(builders.prompt(), builders.busy(), builders.idle())
    assert builders.the_message(state, "mine").state is MessageState.SENDING
    builders.play(state, builders.user("mine"))
    assert builders.the_message(state, "mine").state is MessageState.COMPLETE


def test_older_messages_that_never_ended_were_interrupted() -> None:
    state = builders.conversation(builders.user("now", at=9))
    builders.play(
        state, builders.older(builders.fetched(builders.answer_info("then", at=1), builders.text_info("Hal")))
    )
    assert states(state) == {"then": "interrupted", "now": "complete"}
