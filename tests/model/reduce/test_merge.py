"""What was fetched, merged with what is known and with what is said meanwhile."""

from __future__ import annotations

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, PermissionRequest, QuestionRequest, Todo, ToolState
from opencode_widget.model.reduce.changes import (
    MessageChanged,
    PartChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
)
from opencode_widget.model.state import HistoryState, MessageState, Phase

from .. import builders
from ..builders import SES


def reconnect(*messages: e.LoadedMessage, busy: bool = True, **more: object) -> tuple[e.Event, ...]:
    statuses = {SES: BUSY} if busy else {}
    return builders.LOST, builders.CONNECTED, builders.loaded(builders.history(*messages, **more), statuses=statuses)  # type: ignore[arg-type]


ASK = builders.fetched(builders.user_info(), builders.text_info("Ask", "ask-text"))


# ---- text that streams while the connection breaks ---------------------------------------------------------------------


def test_a_text_that_streams_is_not_shortened_by_a_fetch() -> None:
    state = builders.streaming(builders.delta("Hello"))
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))))
    assert builders.the_part(state).text == "Hello"


def test_a_delta_after_a_loss_marks_a_gap_and_the_end_heals_it() -> None:
    state = builders.streaming(builders.delta("Hello"))
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))))
    assert not builders.the_part(state).gap
    builders.play(state, builders.delta("d!"))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Hellod!", True)
    builders.play(state, builders.text("Hello World!", ended=True))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Hello World!", False)


def test_a_gap_survives_another_loss() -> None:
    state = builders.streaming(builders.delta("Hello"))
    empty = builders.fetched(builders.answer_info(), builders.text_info(""))
    builders.play(state, *reconnect(ASK, empty), builders.delta("d!"), *reconnect(ASK, empty))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Hellod!", True)


def test_a_part_that_began_while_the_connection_was_lost_has_a_gap_with_its_first_delta() -> None:
    state = builders.conversation(builders.user(), builders.busy(), builders.answer())
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))))
    builders.play(state, builders.delta("end of it"))
    assert builders.the_part(state).gap


def test_a_fetch_without_a_loss_makes_no_gap() -> None:
    state = builders.streaming()
    builders.play(
        state,
        builders.loading(),
        builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))),
    )
    builders.play(state, builders.delta("Hello"))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Hello", False)


def test_a_session_opened_in_the_middle_of_a_text_shows_a_gap() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.busy(), builders.loading(), builders.delta("lo"))
    builders.play(state, builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("lo", True)


def test_a_finished_text_replaces_what_streamed() -> None:
    state = builders.streaming(builders.delta("Hel"))
    builders.play(
        state,
        *reconnect(
            ASK, builders.fetched(builders.answer_info(completed=3), builders.text_info("Bye", ended=True)), busy=False
        ),
    )
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Bye", False)
    assert builders.the_message(state).state is MessageState.COMPLETE


def test_what_was_missed_while_a_history_could_not_be_fetched_makes_a_gap() -> None:
    state = builders.streaming(builders.delta("He"))
    builders.play(
        state,
        builders.loading(),
        builders.delta("l"),
        e.HistoryFailed(session_id=SES, problem=builders.OOPS),
        builders.delta("l"),
    )
    builders.play(
        state,
        builders.loading(),
        builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))),
    )
    builders.play(state, builders.delta("o"))
    assert (builders.the_part(state).text, builders.the_part(state).gap) == ("Heo", True)


def test_a_running_tool_is_fetched_as_the_server_has_it() -> None:
    state = builders.conversation(
        builders.user(), builders.busy(), builders.answer(), builders.part(builders.tool_info(output="one\n"))
    )
    done = builders.tool_info(ToolState.COMPLETED, output="one\ntwo\n")
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), done)))
    assert (builders.the_part(state).output, builders.the_part(state).state) == ("one\ntwo\n", ToolState.COMPLETED)


def test_what_a_fetch_stated_is_not_stated_again_by_a_delta_that_was_early() -> None:
    state = builders.conversation(builders.user(), builders.busy(), builders.answer(), builders.delta("Hel"))
    builders.play(
        state,
        builders.loading(),
        builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info("Hel"))),
    )
    builders.play(state, builders.text("Hello"))
    assert builders.the_part(state).text == "Hello"


def test_what_waited_for_a_message_does_not_follow_its_fetch() -> None:
    state = builders.conversation(builders.user(), builders.busy(), builders.delta("Hel"))
    builders.play(
        state,
        builders.loading(),
        builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info("Hello"))),
    )
    builders.play(state, builders.answer())
    assert builders.the_part(state).text == "Hello"


# ---- the order of what was held ----------------------------------------------------------------------------------------


def test_events_during_the_load_are_applied_after_it() -> None:
    state = builders.streaming(builders.delta("a"))
    builders.play(state, builders.CONNECTED, builders.delta("b"), builders.busy("other"))
    assert (builders.the_part(state).text, state.phase) == ("a", Phase.LOADING)
    empty = builders.fetched(builders.answer_info(), builders.text_info(""))
    builders.play(state, builders.loaded(builders.history(ASK, empty), statuses={SES: BUSY}))
    assert (builders.the_part(state).text, builders.the_part(state).gap, state.phase) == ("ab", False, Phase.LIVE)


def test_events_during_the_fetch_of_messages_are_applied_after_it() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.answer("later", at=5), builders.gone("ask"))
    builders.play(state, builders.history_loaded(ASK, builders.fetched(builders.answer_info())))
    assert list(builders.texts(state)) == ["msg", "later"]


def test_a_reload_amid_the_fetch_of_a_session_keeps_the_order_of_events() -> None:
    empty = builders.fetched(builders.answer_info(), builders.text_info(""))
    everything = builders.loaded(builders.history(ASK, empty), statuses={SES: BUSY})
    for late in (False, True):
        state = builders.streaming()
        builders.play(state, builders.loading(), builders.delta("a"), builders.CONNECTED, builders.delta("b"))
        fetches = (builders.history_loaded(ASK, empty), everything)
        builders.play(state, *(reversed(fetches) if late else fetches))
        assert builders.the_part(state).text == "ab"


def test_messages_that_arrive_after_the_loss_leave_a_gap() -> None:
    empty = builders.fetched(builders.answer_info(), builders.text_info(""))
    state = builders.empty()
    builders.play(
        state,
        builders.session(),
        builders.busy(),
        builders.loading(),
        builders.answer(),
        builders.text(),
        builders.delta("He"),
        builders.LOST,
    )
    builders.play(state, builders.history_loaded(ASK, empty), builders.CONNECTED)
    builders.play(state, builders.loaded(builders.history(ASK, empty), statuses={SES: BUSY}), builders.delta("o"))
    assert builders.the_part(state).gap


def test_what_is_buffered_for_a_connection_that_breaks_is_discarded() -> None:
    state = builders.empty()
    builders.play(
        state, builders.CONNECTED, builders.born(), builders.LOST, builders.CONNECTED, e.Loaded(overview=e.Overview())
    )
    assert not state.sessions


# ---- messages ----------------------------------------------------------------------------------------------------------


def test_a_message_made_and_removed_during_the_gap_never_was() -> None:
    state = builders.conversation(builders.user(), builders.answer(completed=3))
    builders.play(state, *reconnect(ASK, busy=False))
    assert list(builders.texts(state)) == ["ask"]


def test_a_fetch_does_not_bring_back_what_was_removed() -> None:
    state = builders.streaming(builders.part_gone(), builders.gone("ask"))
    builders.play(state, builders.loading())
    builders.play(
        state, builders.history_loaded(ASK, builders.fetched(builders.answer_info(), builders.text_info("late")))
    )
    assert list(builders.texts(state)) == ["msg"]
    assert not builders.the_message(state).parts


def test_a_part_that_was_not_fetched_is_gone() -> None:
    state = builders.streaming(builders.text("Thinking", "thought"))
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), builders.text_info(""))))
    assert [part.id for part in builders.the_message(state).parts] == ["prt"]


def test_parts_stand_as_they_were_fetched_and_a_new_order_is_reported() -> None:
    state = builders.streaming(builders.text("first", "a", ended=True))
    both = (builders.text_info("first", "a", ended=True), builders.text_info("", "prt"))
    changes = builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(), *both)))
    assert [part.id for part in builders.the_message(state).parts] == ["a", "prt"]
    assert builders.reported(changes, PartChanged(SES, "msg", "a"))
    assert builders.reported(changes, PartChanged(SES, "msg", "prt"))


def test_a_fetch_that_says_nothing_new_changes_no_message() -> None:
    state = builders.conversation(builders.user(), builders.text("Ask", "ask-text", "ask"))
    changes = builders.play(state, builders.loading(), builders.history_loaded(ASK))
    assert not [change for change in changes if isinstance(change, MessageChanged | PartChanged | TranscriptChanged)]


def test_messages_before_the_fetched_window_stay() -> None:
    state = builders.conversation(builders.user("one", at=1), builders.user("two", at=2), builders.user("three", at=3))
    window = (builders.fetched(builders.user_info("two", at=2)), builders.fetched(builders.user_info("four", at=4)))
    builders.play(state, *reconnect(*window, more="cursor", busy=False))
    assert list(builders.texts(state)) == ["one", "two", "four"]
    assert builders.the_session(state).more is None


def test_a_window_that_does_not_reach_what_is_known_replaces_it() -> None:
    state = builders.conversation(builders.user("one", at=1), builders.user("two", at=2))
    builders.play(state, *reconnect(builders.fetched(builders.user_info("nine", at=9)), more="cursor", busy=False))
    assert list(builders.texts(state)) == ["nine"]
    assert builders.the_session(state).more == "cursor"


def test_an_empty_history_empties_the_session() -> None:
    state = builders.conversation(builders.user())
    builders.play(state, *reconnect(busy=False))
    assert not builders.texts(state)


def test_older_messages_stand_before_the_known_ones() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading())
    builders.play(state, builders.history_loaded(builders.fetched(builders.user_info("three", at=3)), more="c3"))
    page = (builders.fetched(builders.user_info("one", at=1)), builders.fetched(builders.user_info("two", at=2)))
    builders.play(state, builders.older(*page, builders.fetched(builders.user_info("three", at=3)), more="c1"))
    assert list(builders.texts(state)) == ["one", "two", "three"]
    assert builders.the_session(state).more == "c1"


def test_older_messages_do_not_bring_back_what_was_removed() -> None:
    state = builders.conversation(builders.user("two", at=2), builders.gone("one"))
    builders.play(state, builders.older(builders.fetched(builders.user_info("one", at=1))))
    assert list(builders.texts(state)) == ["two"]


def test_older_messages_of_a_session_that_is_not_kept_are_of_no_use() -> None:
    state = builders.empty()
    builders.play(state, builders.session())
    assert builders.play(state, builders.older(ASK), builders.older(ASK, session="nowhere")) == []


def test_a_to_do_list_is_fetched_with_the_history() -> None:
    state = builders.conversation()
    todos = (Todo("Count"),)
    changes = builders.play(state, builders.loading(), builders.history_loaded(todos=todos))
    assert builders.reported(changes, TodosReplaced(SES))
    assert builders.the_session(state).todos == todos
    assert not builders.reported(
        builders.play(state, builders.loading(), builders.history_loaded(todos=todos)), TodosReplaced(SES)
    )
    builders.play(state, builders.loading(), builders.history_loaded(todos=None))
    assert builders.the_session(state).todos == todos


# ---- prompts of ours ---------------------------------------------------------------------------------------------------


def test_a_prompt_on_its_way_survives_a_fetch() -> None:
    state = builders.conversation(builders.prompt())
    builders.play(state, *reconnect(busy=False))
    assert builders.the_message(state, "mine").state is MessageState.SENDING


def test_a_prompt_that_was_taken_and_is_not_there_is_lost() -> None:
    state = builders.conversation(builders.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"))
    builders.play(state, *reconnect(busy=False))
    message = builders.the_message(state, "mine")
    assert message.state is MessageState.FAILED
    assert message.error is not None
    assert message.error.name == "PromptLost"


def test_a_lost_prompt_that_comes_after_all_is_sound() -> None:
    state = builders.conversation(builders.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"))
    builders.play(state, *reconnect(busy=False), builders.user("mine", at=9))
    assert builders.the_message(state, "mine").state is MessageState.COMPLETE


def test_a_fetch_confirms_a_prompt() -> None:
    state = builders.conversation(builders.user(at=1), builders.prompt(at=0), builders.LOST, builders.CONNECTED)
    mine = builders.fetched(builders.user_info("mine", at=5), builders.text_info("Hello", "mine-text"))
    builders.play(state, builders.loaded(builders.history(builders.fetched(builders.user_info()), mine)))
    assert builders.texts(state) == {"ask": "", "mine": "Hello"}
    assert builders.the_message(state, "mine").state is MessageState.COMPLETE


# ---- notices -----------------------------------------------------------------------------------------------------------


def test_a_notice_stays_over_a_fetch() -> None:
    state = builders.conversation(builders.user(), builders.errored())
    builders.play(state, *reconnect(ASK, busy=False))
    assert [message.role for message in builders.the_session(state)] == ["user", "notice"]


def test_a_notice_goes_when_the_fetched_message_says_the_same() -> None:
    state = builders.conversation(builders.user(), builders.answer(), builders.errored())
    builders.play(state, *reconnect(ASK, builders.fetched(builders.answer_info(error=builders.OOPS)), busy=False))
    assert [message.role for message in builders.the_session(state)] == ["user", "assistant"]


# ---- sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_was_deleted_during_the_gap_is_gone() -> None:
    state = builders.conversation()
    changes = builders.play(state, builders.LOST, builders.CONNECTED, builders.loaded(sessions=()))
    assert builders.reported(changes, SessionGone(SES))
    assert not state.sessions


def test_sessions_beyond_those_listed_stay() -> None:
    state = builders.empty()
    builders.play(state, builders.session("old", updated=1), builders.session("mid", updated=5))
    builders.play(state, builders.loaded(sessions=[builders.session_info("new", updated=4)], more_sessions=True))
    assert set(state.sessions) == {"old", "new"}


def test_a_sub_agents_session_in_another_folder_stays() -> None:
    state = builders.conversation(builders.session("child", parent=SES, directory="/worktree"))
    builders.play(state, builders.loaded())
    assert set(state.sessions) == {SES, "child"}


def test_messages_that_were_not_fetched_again_are_forgotten() -> None:
    state = builders.conversation(builders.user())
    changes = builders.play(state, builders.LOST, builders.CONNECTED, builders.loaded())
    assert builders.the_session(state).history_state is HistoryState.ABSENT
    assert not builders.texts(state)
    assert builders.reported(changes, TranscriptChanged(SES))


def test_a_session_with_another_title_is_reported_and_one_without_is_not() -> None:
    state = builders.conversation(builders.session("other"))
    infos = (builders.session_info(title="New"), builders.session_info("other"))
    changes = builders.play(state, builders.loaded(sessions=infos))
    assert builders.reported(changes, SessionChanged(SES))
    assert not builders.reported(changes, SessionChanged("other"))


def test_a_turn_that_ended_during_the_gap_is_over() -> None:
    state = builders.streaming(builders.delta("Hel"))
    whole = builders.fetched(builders.answer_info(completed=3), builders.text_info("Hello", ended=True))
    builders.play(state, *reconnect(ASK, whole, busy=False))
    assert not builders.the_session(state).busy
    assert builders.the_message(state).state is MessageState.COMPLETE
    assert builders.texts(state)["msg"] == "Hello"


# ---- one session's messages --------------------------------------------------------------------------------------------


def test_messages_that_cannot_be_fetched_say_why_and_can_be_fetched_again() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), e.HistoryFailed(session_id=SES, problem=builders.OOPS))
    session = builders.the_session(state)
    assert (session.history_state, session.problem) == (HistoryState.FAILED, builders.OOPS)
    builders.play(state, builders.loading())
    assert (session.history_state, session.problem) == (HistoryState.LOADING, None)
    builders.play(state, builders.history_loaded(ASK))
    assert session.history_state is HistoryState.READY


def test_messages_that_nobody_waits_for_are_passed_over() -> None:
    state = builders.conversation()
    failed = e.HistoryFailed(session_id=SES, problem=builders.OOPS)
    assert builders.play(state, builders.history_loaded(ASK), failed) == []
    assert builders.play(state, builders.loading("nowhere"), builders.history_loaded(session="nowhere")) == []


def test_loading_twice_is_loading_once() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading())
    assert builders.play(state, builders.loading()) == []


def test_everything_loaded_while_one_session_loads_makes_it_ready() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.user("later", at=9))
    changes = builders.play(state, builders.loaded(builders.history(ASK)))
    assert builders.the_session(state).history_state is HistoryState.READY
    assert builders.reported(changes, TranscriptChanged(SES))


# ---- servers without lists --------------------------------------------------------------------------------------------


def test_what_is_known_of_a_server_without_lists_stays() -> None:
    state = builders.conversation(
        builders.user(), builders.answer(), builders.text("Said", ended=True), builders.busy()
    )
    builders.play(state, e.Lost(), e.Connected(), e.Loaded(overview=e.Overview(has_lists=False)))
    assert builders.texts(state)["msg"] == "Said"


def test_a_turn_of_a_server_without_lists_may_have_ended_while_the_stream_was_cut() -> None:
    state = builders.conversation(builders.user(), builders.answer(), builders.text("Said"), builders.busy())
    builders.play(state, e.Lost(), e.Connected(), e.Loaded(overview=e.Overview(has_lists=False)))
    session = builders.the_session(state)
    assert not session.busy
    assert session.messages["msg"].state is MessageState.INTERRUPTED
    builders.play(state, builders.busy(), builders.answer())
    assert session.messages["msg"].state is MessageState.STREAMING
    idle = builders.conversation(builders.user())
    builders.play(idle, e.Lost(), e.Connected(), e.Loaded(overview=e.Overview(has_lists=False)))
    assert not builders.the_session(idle).busy


def test_messages_that_no_server_keeps_stay_and_what_came_meanwhile_is_added() -> None:
    state = builders.conversation(builders.user(), builders.answer(), builders.text("Said", ended=True))
    kept = e.HistoryLoaded(session_id=builders.SES, history=e.History(builders.SES, is_kept=False))
    builders.play(state, builders.loading(), builders.answer("later", at=9), kept)
    assert list(builders.texts(state)) == ["ask", "msg", "later"]
    for forgotten in (e.HistoryDropped(session_id=builders.SES), e.Lost(), e.Connected(), builders.loaded()):
        builders.play(state, forgotten)
        assert list(builders.texts(state)) == ["ask", "msg", "later"]


def test_requests_of_a_server_without_a_list_of_them_wait_while_their_turn_runs() -> None:
    state = builders.conversation(builders.asked())
    at_work = {builders.SES: BUSY}
    for statuses, waits in ((at_work, True), ({}, False)):
        overview = e.Overview((builders.session_info(),), statuses, unlisted=(PermissionRequest,))
        builders.play(state, e.Lost(), e.Connected(), e.Loaded(overview=overview))
        assert bool(state.requests) is waits


def test_requests_of_a_kind_that_the_server_lists_are_those_of_the_list() -> None:
    state = builders.conversation(builders.asked())
    overview = e.Overview((builders.session_info(),), {builders.SES: BUSY}, unlisted=(QuestionRequest,))
    builders.play(state, e.Lost(), e.Connected(), e.Loaded(overview=overview))
    assert not state.requests
