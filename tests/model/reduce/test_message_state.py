"""How far a message is, read off what the server says of it and of its session."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, Problem, Status, ToolState
from opencode_widget.model.reduce.changes import MessageChanged, OpenPartsChanged
from opencode_widget.model.state import MessageState, State
from opencode_widget.model.view import part_view

from .. import builders as make
from ..builders import MSG, SES


def states(state: State) -> dict[str, str]:
    return {message.id: str(message.state) for message in make.the_session(state)}


# ---- answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_streams_while_its_session_works_and_is_complete_with_its_end() -> None:
    state = make.streaming()
    assert states(state) == {"ask": "complete", "msg": "streaming"}
    make.play(state, make.answer(completed=3))
    assert states(state)["msg"] == "complete"
    make.play(state, make.idle())
    assert states(state)["msg"] == "complete"


def test_an_answer_streams_while_the_session_tries_again() -> None:
    state = make.streaming(make.status(Status(Activity.RETRY, "Overloaded", 1)))
    assert states(state)["msg"] == "streaming"


def test_an_answer_may_end_after_its_session_is_idle() -> None:
    state = make.streaming(make.idle())
    assert states(state)["msg"] == "interrupted"
    make.play(state, make.answer(completed=3))
    assert states(state)["msg"] == "complete"


def test_two_idles_are_one() -> None:
    state = make.streaming(make.answer(completed=3), make.idle())
    assert make.play(state, make.idle()) == []


@pytest.mark.parametrize(("problem", "ends"), [(make.ABORTED, "interrupted"), (make.OOPS, "failed")])
def test_an_error_ends_an_answer(problem: Problem, ends: str) -> None:
    state = make.streaming(make.answer(error=problem))
    assert states(state)["msg"] == ends


def test_a_part_may_be_stated_after_its_session_is_idle() -> None:
    state = make.streaming(make.delta("Hel"), make.idle(), make.text("Hello", ended=True))
    assert make.texts(state)["msg"] == "Hello"


def test_an_answer_goes_on_when_its_session_works_after_all() -> None:
    state = make.streaming(make.idle(), make.busy())
    assert states(state)["msg"] == "streaming"


def test_an_answer_that_another_follows_streams_no_longer() -> None:
    """No server repairs what a crash left behind; a session works on one answer at a time."""
    state = make.streaming(make.idle(), make.user("again", at=5), make.busy(), make.answer("new", at=6, parent="again"))
    assert states(state) == {"ask": "complete", "msg": "interrupted", "again": "complete", "new": "streaming"}


# ---- what the page must hear -------------------------------------------------------------------------------------------


def test_parts_that_stop_or_go_on_with_their_message_are_reported() -> None:
    state = make.streaming()
    for event, ended in ((make.idle(), True), (make.busy(), False)):
        changes = make.play(state, event)
        assert make.reported(changes, MessageChanged(SES, MSG))
        assert make.reported(changes, OpenPartsChanged(SES, MSG))
        assert part_view(make.the_message(state), make.the_part(state))["ended"] is ended


def test_a_tool_left_running_in_a_session_at_rest_was_interrupted() -> None:
    state = make.conversation(make.user(), make.busy(), make.answer(), make.part(make.tool_info()))
    assert part_view(make.the_message(state), make.the_part(state))["state"] == "running"
    changes = make.play(state, make.idle())
    assert make.reported(changes, OpenPartsChanged(SES, MSG))
    assert part_view(make.the_message(state), make.the_part(state))["state"] == "interrupted"


def test_a_tool_that_ended_stays_as_it_ended() -> None:
    state = make.conversation(make.answer(), make.part(make.tool_info(ToolState.ERROR)))
    assert part_view(make.the_message(state), make.the_part(state))["state"] == "error"


def test_a_server_that_came_back_without_memory_leaves_interrupted_tools() -> None:
    state = make.streaming(make.part(make.tool_info(id="tool")))
    left = make.fetched(make.answer_info(), make.tool_info(id="tool"))
    make.play(state, make.LOST, make.CONNECTED, make.loaded(make.history(left)))
    assert part_view(make.the_message(state), make.the_part(state, "tool"))["state"] == "interrupted"


# ---- prompts -----------------------------------------------------------------------------------------------------------


def test_a_prompt_waits_for_the_answer_before_it() -> None:
    state = make.streaming(make.user("next", at=5))
    assert states(state)["next"] == "queued"
    make.play(state, make.answer(completed=6), make.answer("reply", at=7, parent="next"))
    assert states(state)["next"] == "complete"


def test_a_prompt_is_taken_up_with_its_own_answer() -> None:
    state = make.streaming(make.user("next", at=1.5), make.answer(parent="next"))
    assert states(state)["next"] == "complete"


def test_a_prompt_waits_no_longer_in_a_session_at_rest() -> None:
    state = make.streaming(make.user("next", at=5), make.idle())
    assert states(state)["next"] == "complete"


def test_a_prompt_does_not_wait_for_what_a_crash_left_behind() -> None:
    state = make.streaming(make.idle(), make.user("again", at=5), make.busy(), make.answer("new", at=6, parent="again"))
    assert states(state)["again"] == "complete"


def test_a_server_may_say_itself_that_a_prompt_waits() -> None:
    state = make.conversation(make.user("next", queued=True))
    assert states(state) == {"next": "queued"}
    make.play(state, make.busy(), e.MessagePatched(session_id=SES, message_id="next", changes={"queued": False}))
    assert states(state) == {"next": "complete"}


def test_a_prompt_is_being_sent_until_the_server_speaks_of_it() -> None:
    state = make.conversation(make.prompt(), make.busy(), make.idle())
    assert make.the_message(state, "mine").state is MessageState.SENDING
    make.play(state, make.user("mine"))
    assert make.the_message(state, "mine").state is MessageState.COMPLETE


def test_older_messages_that_never_ended_were_interrupted() -> None:
    state = make.conversation(make.user("now", at=9))
    make.play(state, make.older(make.fetched(make.answer_info("then", at=1), make.text_info("Hal"))))
    assert states(state) == {"then": "interrupted", "now": "complete"}
