"""The rules at the head of `model/reduce/__init__.py`, one by one; those of parts, fetches and message states have files of their own."""

from __future__ import annotations

from itertools import permutations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, Agent, Catalogue, FileInfo, NoteInfo, Problem, Role, Status, Todo
from opencode_widget.model.reduce import HANDLERS, apply
from opencode_widget.model.reduce.changes import (
    Alerted,
    InstanceChanged,
    MessageChanged,
    MessageGone,
    PartChanged,
    RequestChanged,
    RequestsChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
)
from opencode_widget.model.state import ODDITIES_BOUND, SEEN_BOUND, Keeping, MessageState, Phase, State

from .. import builders as make
from ..builders import MSG, SES

# OpenCode's ids began anew on 2026-08-14T11:19:55.136Z.
WRAP = 1_786_706_395_136


# ---- repetition --------------------------------------------------------------------------------------------------------


def test_an_event_that_comes_twice_counts_once() -> None:
    again = e.PartDelta(id="evt_1", session_id=SES, message_id=MSG, part_id="prt", text="ha")
    state = make.streaming(again)
    assert apply(state, again) == []
    assert make.the_part(state).text == "ha"


def test_an_event_that_was_held_counts_once() -> None:
    again = e.PartDelta(id="evt_1", session_id=SES, message_id=MSG, part_id="prt", text="ha")
    state = make.streaming(make.loading(), again, again)
    make.play(state, make.history_loaded(make.fetched(make.answer_info(), make.text_info())))
    assert make.the_part(state).text == "ha"


def test_only_so_many_ids_are_remembered() -> None:
    state = make.empty()
    make.play(state, *(e.Heartbeat(id=f"evt_{number}") for number in range(SEEN_BOUND + 5)))
    assert len(state.seen) == SEEN_BOUND
    assert "evt_4" not in state.seen
    assert f"evt_{SEEN_BOUND + 4}" in state.seen


# ---- the life of the stream --------------------------------------------------------------------------------------------


def test_the_phase_follows_the_stream() -> None:
    state = State()
    for event, phase in (
        (make.CONNECTED, Phase.LOADING),
        (make.LOST, Phase.OFFLINE),
        (make.CONNECTED, Phase.LOADING),
        (e.Loaded(overview=e.Overview(more_sessions=True)), Phase.LIVE),
        (make.LOST, Phase.OFFLINE),
    ):
        apply(state, event)
        assert state.phase is phase
    assert state.more_sessions


@pytest.mark.parametrize(
    "event", [e.Greeted(), e.Heartbeat(), e.Disposed(), e.CatalogueStale()], ids=lambda one: one.type
)
def test_events_for_others_change_nothing_here(event: e.Event) -> None:
    assert apply(make.conversation(), event) == []
    assert type(event) not in HANDLERS


def test_a_rewritten_history_is_for_others_to_fetch() -> None:
    assert apply(make.conversation(), e.HistoryRewritten(session_id=SES)) == []


# ---- sessions ----------------------------------------------------------------------------------------------------------


def test_messages_are_kept_of_sessions_whose_birth_was_heard_and_of_no_others() -> None:
    state = make.empty()
    make.play(state, make.born("new"), make.session("known"), make.user(session="new"), make.user(session="known"))
    assert make.texts(state, "new") == {"ask": ""}
    assert make.texts(state, "known") == {}
    assert make.the_session(state, "known").keeping is Keeping.ABSENT


def test_messages_of_unknown_sessions_are_passed_over() -> None:
    assert make.play(make.empty(), make.user(), make.text(), make.delta("x"), make.gone(), make.part_gone()) == []


def test_a_birth_that_is_heard_late_takes_nothing_back() -> None:
    state = make.conversation(make.session(title="A better title"))
    make.play(state, make.born(title="The first title"))
    assert make.the_session(state).info.title == "A better title"


def test_a_session_may_be_patched() -> None:
    state = make.conversation()
    patch = e.SessionPatched(session_id=SES, changes={"title": "New", "id": "other", "unheard": 1})
    assert apply(state, patch) == [SessionChanged(SES)]
    assert make.the_session(state).info == make.session_info(title="New")
    assert apply(state, e.SessionPatched(session_id="nowhere", changes={"title": "New"})) == []


def test_a_session_that_was_deleted_does_not_come_back() -> None:
    state = make.conversation()
    assert apply(state, e.SessionRemoved(session_id=SES)) == [SessionGone(SES)]
    more = e.MoreSessionsLoaded(sessions=(make.session_info(),), more_sessions=False)
    assert make.play(state, make.session(), e.SessionRemoved(session_id=SES), more) == [InstanceChanged()]
    assert not state.sessions


def test_more_sessions_are_added_to_those_that_are_known() -> None:
    state = make.conversation()
    infos = (make.session_info(title="Stale"), make.session_info("older"))
    changes = apply(state, e.MoreSessionsLoaded(sessions=infos, more_sessions=True))
    assert changes == [InstanceChanged(), SessionChanged("older")]
    assert make.the_session(state).info.title == "A session"
    assert state.more_sessions


def test_a_status_is_told_where_it_changes() -> None:
    state = make.conversation()
    retry = Status(Activity.RETRY, "Overloaded", 2)
    assert make.reported(apply(state, make.status(retry)), SessionChanged(SES))
    assert make.play(state, make.status(retry), make.busy("nowhere")) == []


def test_to_dos_are_replaced() -> None:
    state = make.conversation()
    todos = (Todo("Count"),)
    assert apply(state, e.TodosChanged(session_id=SES, todos=todos)) == [TodosReplaced(SES)]
    assert make.the_session(state).todos == todos
    assert apply(state, e.TodosChanged(session_id="nowhere", todos=todos)) == []


def test_messages_that_are_dropped_leave_the_summary() -> None:
    state = make.streaming()
    changes = apply(state, e.HistoryDropped(session_id=SES))
    assert make.reported(changes, TranscriptChanged(SES))
    session = make.the_session(state)
    assert (session.keeping, session.ids, session.busy) == (Keeping.ABSENT, [], True)
    assert apply(state, e.HistoryDropped(session_id="nowhere")) == []


def test_a_session_is_unread_when_an_answer_comes_while_nobody_looks() -> None:
    state = make.conversation(make.user())
    assert not make.the_session(state).unread
    assert make.reported(apply(state, make.answer()), SessionChanged(SES))
    assert make.the_session(state).unread
    assert apply(state, e.Viewed(session_id=SES)) == [SessionChanged(SES)]
    make.play(state, make.answer(completed=3))
    assert not make.the_session(state).unread


def test_a_session_whose_messages_are_not_kept_is_unread_too() -> None:
    state = make.empty()
    make.play(state, make.session(), make.answer())
    assert make.the_session(state).unread


def test_looking_at_nothing_new_changes_nothing() -> None:
    state = make.conversation()
    assert make.play(state, *(e.Viewed(session_id=id) for id in (SES, "nowhere", None))) == []


def test_a_closed_tab_opens_when_it_is_looked_at() -> None:
    state = make.conversation()
    assert make.play(state, e.TabClosed(session_id=SES), e.TabClosed(session_id="nowhere")) == [SessionChanged(SES)]
    assert make.the_session(state).closed
    make.play(state, e.Viewed(session_id=SES))
    assert not make.the_session(state).closed


# ---- messages: identity and order --------------------------------------------------------------------------------------


def test_messages_stand_in_the_order_of_the_servers_time_though_ids_began_anew() -> None:
    before, after = f"msg_fff{'f' * 9}", f"msg_000{'0' * 9}"
    state = make.conversation(make.user(after, at=WRAP + 1), make.user(before, at=WRAP - 1))
    assert list(make.texts(state)) == [before, after]


def test_messages_of_the_same_millisecond_stand_in_the_order_of_their_ids() -> None:
    for order in permutations(("a", "b", "c")):
        state = make.conversation(*(make.user(id, at=5) for id in order))
        assert list(make.texts(state)) == ["a", "b", "c"]


def test_a_message_moves_when_its_time_changes() -> None:
    state = make.conversation(make.user("a", at=1), make.user("b", at=2), make.user("c", at=3))
    make.play(state, make.user("a", at=2.5))
    assert list(make.texts(state)) == ["b", "a", "c"]
    make.play(state, make.user("c", at=0.5))
    assert list(make.texts(state)) == ["c", "b", "a"]


def test_a_message_without_a_time_stays_where_it_is_and_a_new_one_comes_last() -> None:
    state = make.conversation(make.user("b", at=1), make.user("a", at=2))
    make.play(state, make.user("b", at=0), make.answer("0", at=0), make.answer("00", at=0))
    assert list(make.texts(state)) == ["b", "a", "0", "00"]


def test_who_speaks_is_kept_where_a_server_does_not_say_it() -> None:
    def bare(id: str) -> e.MessageUpserted:
        return e.MessageUpserted(session_id=SES, message_id=id, info=make.MessageInfo(id, SES, Role.UNKNOWN, 5))

    def prompt(id: str) -> e.MessagePatched:
        return e.MessagePatched(session_id=SES, message_id=id, changes={"role": Role.USER})

    state = make.conversation(bare("late"), prompt("late"), bare("late"), prompt("early"), bare("early"), bare("other"))
    roles = {message.id: message.role for message in state.sessions[SES]}
    assert roles == {"late": Role.USER, "early": Role.USER, "other": Role.ASSISTANT}


def test_a_message_may_be_patched() -> None:
    state = make.streaming()
    changes = apply(
        state, e.MessagePatched(session_id=SES, message_id=MSG, changes={"completed": 3, "id": "x", "y": 1})
    )
    assert make.reported(changes, MessageChanged(SES, MSG))
    assert make.the_message(state).info == make.answer_info(completed=3)
    assert apply(state, e.MessagePatched(session_id=SES, message_id="nowhere", changes={})) == []


def test_a_message_that_was_removed_does_not_come_back() -> None:
    state = make.streaming()
    assert apply(state, make.gone()) == [MessageGone(SES, MSG)]
    assert make.play(state, make.gone(), make.text("late"), make.delta("late"), make.answer()) == []
    assert list(make.texts(state)) == ["ask"]
    assert not make.the_session(state).orphans


def test_two_sessions_do_not_touch_each_other() -> None:
    state = make.streaming(make.born("other"), make.answer(session="other"), make.text(session="other"))
    make.play(state, make.delta("ours"), make.delta("theirs", session="other"))
    assert (make.texts(state)[MSG], make.texts(state, "other")[MSG]) == ("ours", "theirs")


def test_a_transcript_is_told_whole_where_a_revert_begins_elsewhere() -> None:
    state = make.conversation(make.user("one", at=1), make.user("two", at=2))
    for revert in ("two", "one", None):
        assert make.reported(apply(state, make.session(revert=revert)), TranscriptChanged(SES))
    make.play(state, make.session(revert="three"))
    assert make.reported(apply(state, make.user("three", at=3)), TranscriptChanged(SES))
    assert make.reported(apply(state, make.user("three", at=0.5)), TranscriptChanged(SES))
    assert make.reported(apply(state, make.gone("three")), TranscriptChanged(SES))


# ---- prompts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [-600_000, 0, 600_000])
def test_a_prompt_stands_last_whatever_our_clock_says_until_the_server_places_it(skew: float) -> None:
    state = make.conversation(make.user("before", at=WRAP), make.prompt(at=WRAP + 100 + skew, key="k"))
    make.play(state, make.answer("still", at=WRAP + 200))
    assert list(make.texts(state)) == ["before", "still", "mine"]
    make.play(state, make.user("mine", at=WRAP + 100), make.text("Hello", "mine-text", "mine"))
    assert make.texts(state) == {"before": "", "mine": "Hello", "still": ""}
    assert make.the_message(state, "mine").key == "k"


def test_a_prompt_that_could_not_be_sent_is_taken_back() -> None:
    state = make.conversation(make.prompt())
    failed = e.PromptFailed(session_id=SES, message_id="mine")
    assert make.reported(apply(state, failed), MessageGone(SES, "mine"))
    assert make.texts(state) == {}
    assert make.play(state, failed, e.PromptFailed(session_id="nowhere", message_id="mine")) == []


def test_a_prompt_that_the_server_has_cannot_fail() -> None:
    state = make.conversation(make.prompt(), make.user("mine"))
    settled = (e.PromptFailed(session_id=SES, message_id="mine"), e.PromptAccepted(session_id=SES, message_id="mine"))
    assert make.play(state, *settled) == []
    assert list(make.texts(state)) == ["mine"]


def test_a_prompt_is_shown_once() -> None:
    state = make.conversation(make.prompt())
    changes = make.play(state, make.prompt(text="Again"), make.prompt(session_id="nowhere"))
    assert changes == []
    assert make.texts(state) == {"mine": "Hello"}


def test_a_prompt_shows_at_once() -> None:
    changes = make.play(make.conversation(), make.prompt())
    assert changes == [MessageChanged(SES, "mine"), PartChanged(SES, "mine", "mine-text")]


def test_a_prompt_in_a_session_that_is_being_fetched_is_there_before_and_after() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading(), make.prompt())
    assert make.texts(state) == {"mine": "Hello"}
    make.play(state, make.history_loaded(make.fetched(make.user_info())))
    assert list(make.texts(state)) == ["ask", "mine"]


def test_an_error_is_that_of_the_prompt_on_its_way_in_a_session_at_rest() -> None:
    """The server took it, and then found no such agent: it makes no message, and says nothing else."""
    state = make.conversation(make.user(), make.prompt("first"), make.prompt("second"))
    changes = apply(state, make.errored())
    assert make.reported(changes, MessageChanged(SES, "first"))
    assert make.the_message(state, "first").state is MessageState.FAILED
    assert make.the_message(state, "first").error == make.OOPS
    make.play(state, make.errored())
    assert make.the_message(state, "second").state is MessageState.FAILED


def test_the_error_of_a_prompt_that_comes_after_all_is_a_notice() -> None:
    state = make.conversation(make.prompt(), make.errored(), make.user("mine"))
    assert [(one.role, one.error) for one in make.the_session(state)] == [("user", None), ("notice", make.OOPS)]


def test_a_prompt_that_failed_keeps_its_reason_over_a_fetch() -> None:
    state = make.conversation(make.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"), make.errored())
    make.play(state, make.loading(), make.history_loaded())
    assert make.the_message(state, "mine").error == make.OOPS


# ---- errors ------------------------------------------------------------------------------------------------------------


def test_an_error_stands_where_it_happened() -> None:
    state = make.conversation(make.user(at=1), make.errored(), make.user("later", at=2))
    assert [message.role for message in make.the_session(state)] == ["user", "notice", "user"]
    notice = list(make.the_session(state))[1]
    assert (notice.state, notice.error) == (MessageState.FAILED, make.OOPS)


def test_an_error_in_an_empty_session_stands_alone() -> None:
    state = make.conversation(make.errored())
    assert [message.error for message in make.the_session(state)] == [make.OOPS]


def test_an_error_that_its_message_says_stands_there() -> None:
    for events in (
        (make.errored(), make.answer(error=make.OOPS)),
        (make.answer(error=make.OOPS), make.errored()),
    ):
        state = make.streaming(*events)
        assert [message.role for message in make.the_session(state)] == ["user", "assistant"]


def test_another_error_is_another_notice() -> None:
    other = Problem("ContextOverflowError", "Too long.")
    state = make.streaming(make.errored(), make.errored(other), make.answer(error=make.OOPS))
    assert [message.error for message in make.the_session(state)] == [None, make.OOPS, other]


def test_an_error_of_no_session_is_an_alert() -> None:
    state = make.conversation()
    assert make.play(state, make.errored(session=None), make.errored(session="nowhere")) == [Alerted(make.OOPS)] * 2


def test_an_error_while_messages_are_fetched_follows_them() -> None:
    state = make.empty()
    make.play(state, make.session(), make.loading(), make.errored())
    make.play(state, make.history_loaded(make.fetched(make.user_info())))
    assert [message.role for message in make.the_session(state)] == ["user", "notice"]


def test_an_error_of_a_session_whose_messages_are_not_kept_is_in_its_messages() -> None:
    state = make.empty()
    assert make.play(state, make.session(), make.errored()) == [SessionChanged(SES)]


# ---- requests ----------------------------------------------------------------------------------------------------------


def test_a_request_waits_until_it_is_answered() -> None:
    state = make.conversation()
    assert make.play(state, make.asked()) == [RequestChanged("per"), SessionChanged(SES)]
    assert state.waiting(SES) == 1
    assert make.play(state, make.answered()) == [RequestChanged("per"), SessionChanged(SES)]
    assert make.play(state, make.answered(), make.asked()) == []
    assert not state.requests


def family() -> State:
    return make.conversation(
        make.born("child", parent=SES), make.born("grandchild", parent="child"), make.born("other")
    )


def test_a_request_of_a_sub_agent_counts_for_all_above_it() -> None:
    state = family()
    changes = apply(state, make.asked(session="grandchild"))
    assert {one.session_id for one in changes if isinstance(one, SessionChanged)} == {SES, "child", "grandchild"}
    assert [state.waiting(id) for id in (SES, "child", "grandchild", "other")] == [1, 1, 1, 0]


def test_a_request_that_goes_with_its_session_counts_no_more() -> None:
    state = family()
    apply(state, make.asked(session="grandchild"))
    changes = apply(state, e.SessionRemoved(session_id="grandchild"))
    assert make.reported(changes, RequestChanged("per"))
    assert {one.session_id for one in changes if isinstance(one, SessionChanged)} == {SES, "child"}
    assert not state.requests


def test_a_request_counts_for_a_parent_that_is_known_later() -> None:
    state = make.empty()
    make.play(state, make.asked(session="child"), make.session())
    changes = apply(state, make.session("child", parent=SES))
    assert make.reported(changes, SessionChanged(SES))
    assert state.waiting(SES) == 1


def test_requests_are_fetched_after_a_loss() -> None:
    state = make.conversation(make.asked("answered"), make.LOST, make.CONNECTED)
    changes = make.play(state, make.loaded(requests=(make.permission_info("asked"),)))
    assert make.reported(changes, RequestsChanged())
    assert list(state.requests) == ["asked"]


def test_requests_that_are_still_there_are_no_news() -> None:
    state = make.conversation(make.asked())
    assert not make.reported(make.play(state, make.loaded(requests=(make.permission_info(),))), RequestsChanged())


def test_all_requests_that_a_rejection_takes_with_it_go() -> None:
    state = make.conversation(make.asked("one"), make.asked("two"), make.answered("one"), make.answered("two"))
    assert not state.requests


# ---- the server --------------------------------------------------------------------------------------------------------


def test_a_catalogue_is_told_where_it_changes() -> None:
    state = make.empty()
    loaded = e.CatalogueLoaded(catalogue=Catalogue((Agent("build"),)))
    assert apply(state, loaded) == [InstanceChanged()]
    assert apply(state, loaded) == []


def test_what_is_not_understood_is_counted_and_told_once() -> None:
    state = make.conversation()
    assert apply(state, e.Unknown(name="session.moved")) == [InstanceChanged()]
    assert apply(state, e.Unknown(name="session.moved")) == []
    assert apply(state, e.Malformed(name="message.updated", reason="'id' is not a string")) == [InstanceChanged()]
    assert {name: (one.count, one.reason) for name, one in state.oddities.items()} == {
        "session.moved": (2, ""),
        "message.updated": (1, "'id' is not a string"),
    }


def test_only_so_many_names_are_told_apart() -> None:
    state = make.empty()
    make.play(state, *(e.Unknown(name=f"event {number}") for number in range(ODDITIES_BOUND + 3)))
    assert len(state.oddities) == ODDITIES_BOUND + 1
    assert state.oddities["..."].count == 3


def test_an_event_of_no_family_is_passed_over() -> None:
    assert apply(make.empty(), e.Event()) == []


def test_the_files_and_mentions_of_a_prompt_stand_in_it_at_once() -> None:
    extras = (FileInfo("file", "image/png"), NoteInfo("agent", "agent", "@general"))
    state = make.conversation()
    changes = make.play(state, make.prompt(extras=extras))
    assert [part.info for part in make.the_message(state, "mine").parts][1:] == list(extras)
    assert make.reported(changes, PartChanged(SES, "mine", "file"))
