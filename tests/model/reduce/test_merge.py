"""What was fetched, merged with what is known and with what is said meanwhile."""

from __future__ import annotations

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, Todo, ToolState
from opencode_widget.model.reduce.changes import (
    MessageChanged,
    PartChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
)
from opencode_widget.model.state import Keeping, MessageState, Phase

from .. import builders as make
from ..builders import SES


def reconnect(*messages: e.LoadedMessage, busy: bool = True, **more: object) -> tuple[e.Event, ...]:
    statuses = {SES: BUSY} if busy else {}
    return make.LOST, make.CONNECTED, make.loaded(make.history(*messages, **more), statuses=statuses)  # type: ignore[arg-type]


ASK = make.fetched(make.user_info(), make.text_info("Ask", "ask-text"))


# ---- text that streams while the connection breaks ---------------------------------------------------------------------


def test_a_text_that_streams_is_not_shortened_by_a_fetch() -> None:
    state = make.streaming(make.delta("Hello"))
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    assert make.the_part(state).text == "Hello"


def test_a_delta_after_a_loss_marks_a_gap_and_the_end_heals_it() -> None:
    state = make.streaming(make.delta("Hello"))
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    assert not make.the_part(state).gap
    make.play(state, make.delta("d!"))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Hellod!", True)
    make.play(state, make.text("Hello World!", ended=True))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Hello World!", False)


def test_a_gap_survives_another_loss() -> None:
    state = make.streaming(make.delta("Hello"))
    empty = make.fetched(make.answer_info(), make.text_info(""))
    make.play(state, *reconnect(ASK, empty), make.delta("d!"), *reconnect(ASK, empty))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Hellod!", True)


def test_a_part_that_began_while_the_connection_was_lost_has_a_gap_with_its_first_delta() -> None:
    state = make.conversation(make.user(), make.busy(), make.answer())
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    make.play(state, make.delta("end of it"))
    assert make.the_part(state).gap


def test_a_fetch_without_a_loss_makes_no_gap() -> None:
    state = make.streaming()
    make.play(state, make.loading(), make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    make.play(state, make.delta("Hello"))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Hello", False)


def test_a_session_opened_in_the_middle_of_a_text_shows_a_gap() -> None:
    state = make.empty()
    make.play(state, make.session(), make.busy(), make.loading(), make.delta("lo"))
    make.play(state, make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("lo", True)


def test_a_finished_text_replaces_what_streamed() -> None:
    state = make.streaming(make.delta("Hel"))
    make.play(
        state,
        *reconnect(ASK, make.fetched(make.answer_info(completed=3), make.text_info("Bye", ended=True)), busy=False),
    )
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Bye", False)
    assert make.the_message(state).state is MessageState.COMPLETE


def test_what_was_missed_while_a_history_could_not_be_fetched_makes_a_gap() -> None:
    state = make.streaming(make.delta("He"))
    make.play(
        state, make.loading(), make.delta("l"), e.HistoryFailed(session_id=SES, problem=make.OOPS), make.delta("l")
    )
    make.play(state, make.loading(), make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    make.play(state, make.delta("o"))
    assert (make.the_part(state).text, make.the_part(state).gap) == ("Heo", True)


def test_a_running_tool_is_fetched_as_the_server_has_it() -> None:
    state = make.conversation(make.user(), make.busy(), make.answer(), make.part(make.tool_info(output="one\n")))
    done = make.tool_info(ToolState.COMPLETED, output="one\ntwo\n")
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), done)))
    assert (make.the_part(state).output, make.the_part(state).state) == ("one\ntwo\n", ToolState.COMPLETED)


def test_what_a_fetch_stated_is_not_stated_again_by_a_delta_that_was_early() -> None:
    state = make.conversation(make.user(), make.busy(), make.answer(), make.delta("Hel"))
    make.play(state, make.loading(), make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info("Hel"))))
    make.play(state, make.text("Hello"))
    assert make.the_part(state).text == "Hello"


def test_what_waited_for_a_message_does_not_follow_its_fetch() -> None:
    state = make.conversation(make.user(), make.busy(), make.delta("Hel"))
    make.play(
        state, make.loading(), make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info("Hello")))
    )
    make.play(state, make.answer())
    assert make.the_part(state).text == "Hello"


# ---- the order of what was held ----------------------------------------------------------------------------------------


def test_what_is_said_while_everything_is_fetched_follows_it() -> None:
    state = make.streaming(make.delta("a"))
    make.play(state, make.CONNECTED, make.delta("b"), make.busy("other"))
    assert (make.the_part(state).text, state.phase) == ("a", Phase.LOADING)
    empty = make.fetched(make.answer_info(), make.text_info(""))
    make.play(state, make.loaded(make.history(ASK, empty), statuses={SES: BUSY}))
    assert (make.the_part(state).text, make.the_part(state).gap, state.phase) == ("ab", False, Phase.LIVE)


def test_what_is_said_while_messages_are_fetched_follows_them() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading(), make.answer("later", at=5), make.gone("ask"))
    make.play(state, make.history_loaded(ASK, make.fetched(make.answer_info())))
    assert list(make.texts(state)) == ["msg", "later"]


def test_a_reload_amid_the_fetch_of_a_session_keeps_the_order_of_what_was_said() -> None:
    empty = make.fetched(make.answer_info(), make.text_info(""))
    everything = make.loaded(make.history(ASK, empty), statuses={SES: BUSY})
    for late in (False, True):
        state = make.streaming()
        make.play(state, make.loading(), make.delta("a"), make.CONNECTED, make.delta("b"))
        fetches = (make.history_loaded(ASK, empty), everything)
        make.play(state, *(reversed(fetches) if late else fetches))
        assert make.the_part(state).text == "ab"


def test_messages_that_arrive_after_the_loss_leave_a_gap() -> None:
    empty = make.fetched(make.answer_info(), make.text_info(""))
    state = make.empty()
    make.play(
        state, make.session(), make.busy(), make.loading(), make.answer(), make.text(), make.delta("He"), make.LOST
    )
    make.play(state, make.history_loaded(ASK, empty), make.CONNECTED)
    make.play(state, make.loaded(make.history(ASK, empty), statuses={SES: BUSY}), make.delta("o"))
    assert make.the_part(state).gap


def test_what_is_held_for_a_connection_that_breaks_is_forgotten() -> None:
    state = make.empty()
    make.play(state, make.CONNECTED, make.born(), make.LOST, make.CONNECTED, e.Loaded(overview=e.Overview()))
    assert not state.sessions


# ---- messages ----------------------------------------------------------------------------------------------------------


def test_a_message_made_and_removed_during_the_gap_never_was() -> None:
    state = make.conversation(make.user(), make.answer(completed=3))
    make.play(state, *reconnect(ASK, busy=False))
    assert list(make.texts(state)) == ["ask"]


def test_a_fetch_does_not_bring_back_what_was_removed() -> None:
    state = make.streaming(make.part_gone(), make.gone("ask"))
    make.play(state, make.loading())
    make.play(state, make.history_loaded(ASK, make.fetched(make.answer_info(), make.text_info("late"))))
    assert list(make.texts(state)) == ["msg"]
    assert not make.the_message(state).parts


def test_a_part_that_was_not_fetched_is_gone() -> None:
    state = make.streaming(make.text("Thinking", "thought"))
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), make.text_info(""))))
    assert [part.id for part in make.the_message(state).parts] == ["prt"]


def test_parts_stand_as_they_were_fetched_and_a_new_order_is_reported() -> None:
    state = make.streaming(make.text("first", "a", ended=True))
    both = (make.text_info("first", "a", ended=True), make.text_info("", "prt"))
    changes = make.play(state, *reconnect(ASK, make.fetched(make.answer_info(), *both)))
    assert [part.id for part in make.the_message(state).parts] == ["a", "prt"]
    assert make.reported(changes, PartChanged(SES, "msg", "a"))
    assert make.reported(changes, PartChanged(SES, "msg", "prt"))


def test_a_fetch_that_says_nothing_new_changes_no_message() -> None:
    state = make.conversation(make.user(), make.text("Ask", "ask-text", "ask"))
    changes = make.play(state, make.loading(), make.history_loaded(ASK))
    assert not [change for change in changes if isinstance(change, MessageChanged | PartChanged | TranscriptChanged)]


def test_messages_before_the_fetched_window_stay() -> None:
    state = make.conversation(make.user("one", at=1), make.user("two", at=2), make.user("three", at=3))
    window = (make.fetched(make.user_info("two", at=2)), make.fetched(make.user_info("four", at=4)))
    make.play(state, *reconnect(*window, more="cursor", busy=False))
    assert list(make.texts(state)) == ["one", "two", "four"]
    assert make.the_session(state).more is None


def test_a_window_that_does_not_reach_what_is_known_replaces_it() -> None:
    state = make.conversation(make.user("one", at=1), make.user("two", at=2))
    make.play(state, *reconnect(make.fetched(make.user_info("nine", at=9)), more="cursor", busy=False))
    assert list(make.texts(state)) == ["nine"]
    assert make.the_session(state).more == "cursor"


def test_an_empty_history_empties_the_session() -> None:
    state = make.conversation(make.user())
    make.play(state, *reconnect(busy=False))
    assert not make.texts(state)


def test_older_messages_stand_before_the_known_ones() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading())
    make.play(state, make.history_loaded(make.fetched(make.user_info("three", at=3)), more="c3"))
    page = (make.fetched(make.user_info("one", at=1)), make.fetched(make.user_info("two", at=2)))
    make.play(state, make.older(*page, make.fetched(make.user_info("three", at=3)), more="c1"))
    assert list(make.texts(state)) == ["one", "two", "three"]
    assert make.the_session(state).more == "c1"


def test_older_messages_do_not_bring_back_what_was_removed() -> None:
    state = make.conversation(make.user("two", at=2), make.gone("one"))
    make.play(state, make.older(make.fetched(make.user_info("one", at=1))))
    assert list(make.texts(state)) == ["two"]


def test_older_messages_of_a_session_that_is_not_kept_are_of_no_use() -> None:
    state = make.empty()
    make.play(state, make.session())
    assert make.play(state, make.older(ASK), make.older(ASK, session="nowhere")) == []


def test_a_to_do_list_is_fetched_with_the_history() -> None:
    state = make.conversation()
    todos = (Todo("Count"),)
    changes = make.play(state, make.loading(), make.history_loaded(todos=todos))
    assert make.reported(changes, TodosReplaced(SES))
    assert make.the_session(state).todos == todos
    assert not make.reported(make.play(state, make.loading(), make.history_loaded(todos=todos)), TodosReplaced(SES))
    make.play(state, make.loading(), make.history_loaded(todos=None))
    assert make.the_session(state).todos == todos


# ---- prompts of ours ---------------------------------------------------------------------------------------------------


def test_a_prompt_on_its_way_survives_a_fetch() -> None:
    state = make.conversation(make.prompt())
    make.play(state, *reconnect(busy=False))
    assert make.the_message(state, "mine").state is MessageState.SENDING


def test_a_prompt_that_was_taken_and_is_not_there_is_lost() -> None:
    state = make.conversation(make.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"))
    make.play(state, *reconnect(busy=False))
    message = make.the_message(state, "mine")
    assert message.state is MessageState.FAILED
    assert message.error is not None
    assert message.error.name == "PromptLost"


def test_a_lost_prompt_that_comes_after_all_is_sound() -> None:
    state = make.conversation(make.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"))
    make.play(state, *reconnect(busy=False), make.user("mine", at=9))
    assert make.the_message(state, "mine").state is MessageState.COMPLETE


def test_a_fetch_confirms_a_prompt() -> None:
    state = make.conversation(make.user(at=1), make.prompt(at=0), make.LOST, make.CONNECTED)
    mine = make.fetched(make.user_info("mine", at=5), make.text_info("Hello", "mine-text"))
    make.play(state, make.loaded(make.history(make.fetched(make.user_info()), mine)))
    assert make.texts(state) == {"ask": "", "mine": "Hello"}
    assert make.the_message(state, "mine").state is MessageState.COMPLETE


# ---- notices -----------------------------------------------------------------------------------------------------------


def test_a_notice_stays_over_a_fetch() -> None:
    state = make.conversation(make.user(), make.errored())
    make.play(state, *reconnect(ASK, busy=False))
    assert [message.role for message in make.the_session(state)] == ["user", "notice"]


def test_a_notice_goes_when_the_fetched_message_says_the_same() -> None:
    state = make.conversation(make.user(), make.answer(), make.errored())
    make.play(state, *reconnect(ASK, make.fetched(make.answer_info(error=make.OOPS)), busy=False))
    assert [message.role for message in make.the_session(state)] == ["user", "assistant"]


# ---- sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_was_deleted_during_the_gap_is_gone() -> None:
    state = make.conversation()
    changes = make.play(state, make.LOST, make.CONNECTED, make.loaded(sessions=()))
    assert make.reported(changes, SessionGone(SES))
    assert not state.sessions


def test_sessions_beyond_those_listed_stay() -> None:
    state = make.empty()
    make.play(state, make.session("old", updated=1), make.session("mid", updated=5))
    make.play(state, make.loaded(sessions=[make.session_info("new", updated=4)], more_sessions=True))
    assert set(state.sessions) == {"old", "new"}


def test_a_sub_agents_session_in_another_folder_stays() -> None:
    state = make.conversation(make.session("child", parent=SES, directory="/worktree"))
    make.play(state, make.loaded())
    assert set(state.sessions) == {SES, "child"}


def test_messages_that_were_not_fetched_again_are_forgotten() -> None:
    state = make.conversation(make.user())
    changes = make.play(state, make.LOST, make.CONNECTED, make.loaded())
    assert make.the_session(state).keeping is Keeping.ABSENT
    assert not make.texts(state)
    assert make.reported(changes, TranscriptChanged(SES))


def test_a_session_with_another_title_is_reported_and_one_without_is_not() -> None:
    state = make.conversation(make.session("other"))
    infos = (make.session_info(title="New"), make.session_info("other"))
    changes = make.play(state, make.loaded(sessions=infos))
    assert make.reported(changes, SessionChanged(SES))
    assert not make.reported(changes, SessionChanged("other"))


def test_a_turn_that_ended_during_the_gap_is_over() -> None:
    state = make.streaming(make.delta("Hel"))
    whole = make.fetched(make.answer_info(completed=3), make.text_info("Hello", ended=True))
    make.play(state, *reconnect(ASK, whole, busy=False))
    assert not make.the_session(state).busy
    assert make.the_message(state).state is MessageState.COMPLETE
    assert make.texts(state)["msg"] == "Hello"


# ---- one session's messages --------------------------------------------------------------------------------------------


def test_messages_that_cannot_be_fetched_say_why_and_can_be_fetched_again() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading(), e.HistoryFailed(session_id=SES, problem=make.OOPS))
    session = make.the_session(state)
    assert (session.keeping, session.problem) == (Keeping.FAILED, make.OOPS)
    make.play(state, make.loading())
    assert (session.keeping, session.problem) == (Keeping.LOADING, None)
    make.play(state, make.history_loaded(ASK))
    assert session.keeping is Keeping.READY


def test_messages_that_nobody_waits_for_are_passed_over() -> None:
    state = make.conversation()
    failed = e.HistoryFailed(session_id=SES, problem=make.OOPS)
    assert make.play(state, make.history_loaded(ASK), failed) == []
    assert make.play(state, make.loading("nowhere"), make.history_loaded(session="nowhere")) == []


def test_loading_twice_is_loading_once() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading())
    assert make.play(state, make.loading()) == []


def test_everything_loaded_while_one_session_loads_makes_it_ready() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading(), make.user("later", at=9))
    changes = make.play(state, make.loaded(make.history(ASK)))
    assert make.the_session(state).keeping is Keeping.READY
    assert make.reported(changes, TranscriptChanged(SES))
