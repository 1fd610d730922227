"""The rules at the head of `model/reduce/__init__.py`, one by one; those of parts, fetches and message states have files of their own."""

from __future__ import annotations

from itertools import permutations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import (
    Activity,
    Agent,
    Catalogue,
    FileInfo,
    NoteInfo,
    Problem,
    Role,
    SessionInfo,
    Status,
    Todo,
)
from opencode_widget.model.reduce import HANDLERS, apply
from opencode_widget.model.reduce.changes import (
    Alerted,
    CatalogueChanged,
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
    ViewedChanged,
)
from opencode_widget.model.state import ODDITIES_BOUND, SEEN_BOUND, HistoryState, MessageState, Phase, State

from .. import builders
from ..builders import MSG, SES

# OpenCode's ids began anew on 2026-08-14T11:19:55.136Z.
WRAP = 1_786_706_395_136


# ---- repetition --------------------------------------------------------------------------------------------------------


def test_an_event_that_comes_twice_counts_once() -> None:
    again = e.PartDelta(id="evt_1", session_id=SES, message_id=MSG, part_id="prt", text="ha")
    state = builders.streaming(again)
    assert apply(state, again) == []
    assert builders.the_part(state).text == "ha"


def test_an_event_that_was_buffered_counts_once() -> None:
    again = e.PartDelta(id="evt_1", session_id=SES, message_id=MSG, part_id="prt", text="ha")
    state = builders.streaming(builders.loading(), again, again)
    builders.play(state, builders.history_loaded(builders.fetched(builders.answer_info(), builders.text_info())))
    assert builders.the_part(state).text == "ha"


def test_only_so_many_ids_are_remembered() -> None:
    state = builders.empty()
    builders.play(state, *(e.Heartbeat(id=f"evt_{number}") for number in range(SEEN_BOUND + 5)))
    assert len(state.seen) == SEEN_BOUND
    assert "evt_4" not in state.seen
    assert f"evt_{SEEN_BOUND + 4}" in state.seen


# ---- the life of the stream --------------------------------------------------------------------------------------------


def test_the_phase_follows_the_stream() -> None:
    state = State()
    for event, phase in (
        (builders.CONNECTED, Phase.LOADING),
        (builders.LOST, Phase.OFFLINE),
        (builders.CONNECTED, Phase.LOADING),
        (e.Loaded(overview=e.Overview(more_sessions=True)), Phase.LIVE),
        (builders.LOST, Phase.OFFLINE),
    ):
        apply(state, event)
        assert state.phase is phase
    assert state.more_sessions


@pytest.mark.parametrize(
    "event", [e.Greeted(), e.Heartbeat(), e.Disposed(), e.CatalogueStale()], ids=lambda item: item.type
)
def test_events_for_others_change_nothing_here(event: e.Event) -> None:
    assert apply(builders.conversation(), event) == []
    assert type(event) not in HANDLERS


def test_a_rewritten_history_is_for_others_to_fetch() -> None:
    assert apply(builders.conversation(), e.HistoryRewritten(session_id=SES)) == []


# ---- sessions ----------------------------------------------------------------------------------------------------------


def test_messages_are_kept_of_sessions_whose_creation_was_observed_and_of_no_others() -> None:
    state = builders.empty()
    builders.play(
        state,
        builders.born("new"),
        builders.session("known"),
        builders.user(session="new"),
        builders.user(session="known"),
    )
    assert builders.texts(state, "new") == {"ask": ""}
    assert builders.texts(state, "known") == {}
    assert builders.the_session(state, "known").history_state is HistoryState.ABSENT


def test_messages_of_unknown_sessions_are_passed_over() -> None:
    assert (
        builders.play(
            builders.empty(),
            builders.user(),
            builders.text(),
            builders.delta("x"),
            builders.gone(),
            builders.part_gone(),
        )
        == []
    )


def test_a_creation_that_is_reported_late_takes_nothing_back() -> None:
    state = builders.conversation(builders.session(title="A better title"))
    builders.play(state, builders.born(title="The first title"))
    assert builders.the_session(state).info.title == "A better title"


def test_a_session_may_be_patched() -> None:
    state = builders.conversation()
    patch = e.SessionPatched(session_id=SES, changes={"title": "New", "id": "other", "unheard": 1})
    assert apply(state, patch) == [SessionChanged(SES)]
    assert builders.the_session(state).info == builders.session_info(title="New")
    assert apply(state, e.SessionPatched(session_id="nowhere", changes={"title": "New"})) == []


def test_a_session_that_was_deleted_does_not_come_back() -> None:
    state = builders.conversation()
    assert apply(state, e.SessionRemoved(session_id=SES)) == [SessionGone(SES)]
    more = e.MoreSessionsLoaded(sessions=(builders.session_info(),), more_sessions=False)
    assert builders.play(state, builders.session(), e.SessionRemoved(session_id=SES), more) == [InstanceChanged()]
    assert not state.sessions


def test_more_sessions_are_added_to_those_that_are_known() -> None:
    state = builders.conversation()
    infos = (builders.session_info(title="Stale"), builders.session_info("older"))
    changes = apply(state, e.MoreSessionsLoaded(sessions=infos, more_sessions=True))
    assert changes == [InstanceChanged(), SessionChanged("older")]
    assert builders.the_session(state).info.title == "A session"
    assert state.more_sessions


def test_a_status_is_reported_where_it_changes() -> None:
    state = builders.conversation()
    retry = Status(Activity.RETRY, "Overloaded", 2)
    assert builders.reported(apply(state, builders.status(retry)), SessionChanged(SES))
    assert builders.play(state, builders.status(retry), builders.busy("nowhere")) == []


def test_to_dos_are_replaced() -> None:
    state = builders.conversation()
    todos = (Todo("Count"),)
    assert apply(state, e.TodosChanged(session_id=SES, todos=todos)) == [TodosReplaced(SES)]
    assert builders.the_session(state).todos == todos
    assert apply(state, e.TodosChanged(session_id="nowhere", todos=todos)) == []


def test_messages_that_are_dropped_leave_the_summary() -> None:
    state = builders.streaming()
    changes = apply(state, e.HistoryDropped(session_id=SES))
    assert builders.reported(changes, TranscriptChanged(SES))
    session = builders.the_session(state)
    assert (session.history_state, session.ids, session.busy) == (HistoryState.ABSENT, [], True)
    assert apply(state, e.HistoryDropped(session_id="nowhere")) == []


def test_a_session_is_unread_when_an_answer_comes_while_nobody_looks() -> None:
    state = builders.conversation(builders.user())
    assert not builders.the_session(state).unread
    assert builders.reported(apply(state, builders.answer()), SessionChanged(SES))
    assert builders.the_session(state).unread
    assert apply(state, e.Viewed(session_id=SES)) == [ViewedChanged(SES), SessionChanged(SES)]
    builders.play(state, builders.answer(completed=3))
    assert not builders.the_session(state).unread


def test_a_session_whose_messages_are_not_kept_is_unread_too() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.answer())
    assert builders.the_session(state).unread


def test_looking_at_nothing_new_changes_nothing() -> None:
    state = builders.conversation()
    seen = (SES, SES, "nowhere", None)
    changes = builders.play(state, *(e.Viewed(session_id=id) for id in seen))
    assert changes == [ViewedChanged(SES), ViewedChanged("nowhere"), ViewedChanged(None)]


def test_a_closed_tab_opens_when_it_is_looked_at() -> None:
    state = builders.conversation()
    assert builders.play(state, e.TabClosed(session_id=SES), e.TabClosed(session_id="nowhere")) == [SessionChanged(SES)]
    assert builders.the_session(state).closed
    builders.play(state, e.Viewed(session_id=SES))
    assert not builders.the_session(state).closed


def test_what_is_allowed_in_a_session_is_allowed_in_those_below_it() -> None:
    state = builders.conversation()
    builders.play(state, e.SessionUpserted(session_id="child", info=SessionInfo("child", parent=SES)))
    assert not state.allows_all("child")
    for id, changes in ((SES, [SessionChanged(SES)]), ("nowhere", [])):
        assert builders.play(state, e.AllowAllChanged(session_id=id, allowed=True)) == changes
    assert [state.allows_all(id) for id in (SES, "child", "nowhere")] == [True, True, False]
    builders.play(state, e.AllowAllChanged(session_id=SES, allowed=False))
    assert not state.allows_all("child")


# ---- messages: identity and order --------------------------------------------------------------------------------------


def test_messages_stand_in_the_order_of_the_servers_time_though_ids_began_anew() -> None:
    before, after = f"msg_fff{'f' * 9}", f"msg_000{'0' * 9}"
    state = builders.conversation(builders.user(after, at=WRAP + 1), builders.user(before, at=WRAP - 1))
    assert list(builders.texts(state)) == [before, after]


def test_messages_of_the_same_millisecond_stand_in_the_order_of_their_ids() -> None:
    for order in permutations(("a", "b", "c")):
        state = builders.conversation(*(builders.user(id, at=5) for id in order))
        assert list(builders.texts(state)) == ["a", "b", "c"]


def test_a_message_moves_when_its_time_changes() -> None:
    state = builders.conversation(builders.user("a", at=1), builders.user("b", at=2), builders.user("c", at=3))
    builders.play(state, builders.user("a", at=2.5))
    assert list(builders.texts(state)) == ["b", "a", "c"]
    builders.play(state, builders.user("c", at=0.5))
    assert list(builders.texts(state)) == ["c", "b", "a"]


def test_a_message_without_a_time_stays_where_it_is_and_a_new_one_comes_last() -> None:
    state = builders.conversation(builders.user("b", at=1), builders.user("a", at=2))
    builders.play(state, builders.user("b", at=0), builders.answer("0", at=0), builders.answer("00", at=0))
    assert list(builders.texts(state)) == ["b", "a", "0", "00"]


def test_who_speaks_is_kept_where_a_server_does_not_say_it() -> None:
    def bare(id: str) -> e.MessageUpserted:
        return e.MessageUpserted(session_id=SES, message_id=id, info=builders.MessageInfo(id, SES, Role.UNKNOWN, 5))

    def prompt(id: str) -> e.MessagePatched:
        return e.MessagePatched(session_id=SES, message_id=id, changes={"role": Role.USER})

    state = builders.conversation(
        bare("late"), prompt("late"), bare("late"), prompt("early"), bare("early"), bare("other")
    )
    roles = {message.id: message.role for message in state.sessions[SES]}
    assert roles == {"late": Role.USER, "early": Role.USER, "other": Role.ASSISTANT}


def test_a_message_may_be_patched() -> None:
    state = builders.streaming()
    changes = apply(
        state, e.MessagePatched(session_id=SES, message_id=MSG, changes={"completed": 3, "id": "x", "y": 1})
    )
    assert builders.reported(changes, MessageChanged(SES, MSG))
    assert builders.the_message(state).info == builders.answer_info(completed=3)
    assert apply(state, e.MessagePatched(session_id=SES, message_id="nowhere", changes={})) == []


def test_a_message_that_was_removed_does_not_come_back() -> None:
    state = builders.streaming()
    assert apply(state, builders.gone()) == [MessageGone(SES, MSG)]
    assert builders.play(state, builders.gone(), builders.text("late"), builders.delta("late"), builders.answer()) == []
    assert list(builders.texts(state)) == ["ask"]
    assert not builders.the_session(state).orphans


def test_two_sessions_do_not_touch_each_other() -> None:
    state = builders.streaming(builders.born("other"), builders.answer(session="other"), builders.text(session="other"))
    builders.play(state, builders.delta("ours"), builders.delta("theirs", session="other"))
    assert (builders.texts(state)[MSG], builders.texts(state, "other")[MSG]) == ("ours", "theirs")


def test_a_transcript_is_reported_whole_where_a_revert_begins_elsewhere() -> None:
    state = builders.conversation(builders.user("one", at=1), builders.user("two", at=2))
    for revert in ("two", "one", None):
        assert builders.reported(apply(state, builders.session(revert=revert)), TranscriptChanged(SES))
    builders.play(state, builders.session(revert="three"))
    assert builders.reported(apply(state, builders.user("three", at=3)), TranscriptChanged(SES))
    assert builders.reported(apply(state, builders.user("three", at=0.5)), TranscriptChanged(SES))
    assert builders.reported(apply(state, builders.gone("three")), TranscriptChanged(SES))


# ---- prompts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [-600_000, 0, 600_000])
def test_a_prompt_stands_last_whatever_our_clock_says_until_the_server_places_it(skew: float) -> None:
    state = builders.conversation(builders.user("before", at=WRAP), builders.prompt(at=WRAP + 100 + skew, key="k"))
    builders.play(state, builders.answer("still", at=WRAP + 200))
    assert list(builders.texts(state)) == ["before", "still", "mine"]
    builders.play(state, builders.user("mine", at=WRAP + 100), builders.text("Hello", "mine-text", "mine"))
    assert builders.texts(state) == {"before": "", "mine": "Hello", "still": ""}
    assert builders.the_message(state, "mine").key == "k"


def test_a_prompt_that_could_not_be_sent_is_taken_back() -> None:
    state = builders.conversation(builders.prompt())
    failed = e.PromptFailed(session_id=SES, message_id="mine")
    assert builders.reported(apply(state, failed), MessageGone(SES, "mine"))
    assert builders.texts(state) == {}
    assert builders.play(state, failed, e.PromptFailed(session_id="nowhere", message_id="mine")) == []


def test_a_prompt_that_the_server_has_cannot_fail() -> None:
    state = builders.conversation(builders.prompt(), builders.user("mine"))
    settled = (e.PromptFailed(session_id=SES, message_id="mine"), e.PromptAccepted(session_id=SES, message_id="mine"))
    assert builders.play(state, *settled) == []
    assert list(builders.texts(state)) == ["mine"]


def test_a_prompt_is_shown_once() -> None:
    state = builders.conversation(builders.prompt())
    changes = builders.play(state, builders.prompt(text="Again"), builders.prompt(session_id="nowhere"))
    assert changes == []
    assert builders.texts(state) == {"mine": "Hello"}


def test_a_prompt_shows_at_once() -> None:
    changes = builders.play(builders.conversation(), builders.prompt())
    assert changes == [MessageChanged(SES, "mine"), PartChanged(SES, "mine", "mine-text")]


def test_a_prompt_in_a_session_that_is_being_fetched_is_there_before_and_after() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.prompt())
    assert builders.texts(state) == {"mine": "Hello"}
    builders.play(state, builders.history_loaded(builders.fetched(builders.user_info())))
    assert list(builders.texts(state)) == ["ask", "mine"]


def test_an_error_is_that_of_the_prompt_on_its_way_in_a_session_at_rest() -> None:
    """The server took it, and then found no such agent: it makes no message, and says nothing else."""
    state = builders.conversation(builders.user(), builders.prompt("first"), builders.prompt("second"))
    changes = apply(state, builders.errored())
    assert builders.reported(changes, MessageChanged(SES, "first"))
    assert builders.the_message(state, "first").state is MessageState.FAILED
    assert builders.the_message(state, "first").error == builders.OOPS
    builders.play(state, builders.errored())
    assert builders.the_message(state, "second").state is MessageState.FAILED


def test_the_error_of_a_prompt_that_comes_after_all_is_a_notice() -> None:
    state = builders.conversation(builders.prompt(), builders.errored(), builders.user("mine"))
    assert [(message.role, message.error) for message in builders.the_session(state)] == [
        ("user", None),
        ("notice", builders.OOPS),
    ]


def test_a_prompt_that_failed_keeps_its_reason_over_a_fetch() -> None:
    state = builders.conversation(
        builders.prompt(), e.PromptAccepted(session_id=SES, message_id="mine"), builders.errored()
    )
    builders.play(state, builders.loading(), builders.history_loaded())
    assert builders.the_message(state, "mine").error == builders.OOPS


# ---- errors ------------------------------------------------------------------------------------------------------------


def test_an_error_stands_where_it_happened() -> None:
    state = builders.conversation(builders.user(at=1), builders.errored(), builders.user("later", at=2))
    assert [message.role for message in builders.the_session(state)] == ["user", "notice", "user"]
    notice = list(builders.the_session(state))[1]
    assert (notice.state, notice.error) == (MessageState.FAILED, builders.OOPS)


def test_an_error_in_an_empty_session_stands_alone() -> None:
    state = builders.conversation(builders.errored())
    assert [message.error for message in builders.the_session(state)] == [builders.OOPS]


def test_an_error_that_its_message_says_stands_there() -> None:
    for events in (
        (builders.errored(), builders.answer(error=builders.OOPS)),
        (builders.answer(error=builders.OOPS), builders.errored()),
    ):
        state = builders.streaming(*events)
        assert [message.role for message in builders.the_session(state)] == ["user", "assistant"]


def test_another_error_is_another_notice() -> None:
    other = Problem("ContextOverflowError", "Too long.")
    state = builders.streaming(builders.errored(), builders.errored(other), builders.answer(error=builders.OOPS))
    assert [message.error for message in builders.the_session(state)] == [None, builders.OOPS, other]


def test_an_error_of_no_session_is_an_alert() -> None:
    state = builders.conversation()
    assert (
        builders.play(state, builders.errored(session=None), builders.errored(session="nowhere"))
        == [Alerted(builders.OOPS)] * 2
    )


def test_an_error_while_messages_are_fetched_follows_them() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.errored())
    builders.play(state, builders.history_loaded(builders.fetched(builders.user_info())))
    assert [message.role for message in builders.the_session(state)] == ["user", "notice"]


def test_an_error_of_a_session_whose_messages_are_not_kept_is_in_its_messages() -> None:
    state = builders.empty()
    assert builders.play(state, builders.session(), builders.errored()) == [SessionChanged(SES)]


# ---- requests ----------------------------------------------------------------------------------------------------------


def test_a_request_waits_until_it_is_answered() -> None:
    state = builders.conversation()
    assert builders.play(state, builders.asked()) == [RequestChanged("per"), SessionChanged(SES)]
    assert state.waiting(SES) == 1
    assert builders.play(state, builders.answered()) == [RequestChanged("per"), SessionChanged(SES)]
    assert builders.play(state, builders.answered(), builders.asked()) == []
    assert not state.requests


def family() -> State:
    return builders.conversation(
        builders.born("child", parent=SES), builders.born("grandchild", parent="child"), builders.born("other")
    )


def test_a_request_of_a_sub_agent_counts_for_all_above_it() -> None:
    state = family()
    changes = apply(state, builders.asked(session="grandchild"))
    assert {change.session_id for change in changes if isinstance(change, SessionChanged)} == {
        SES,
        "child",
        "grandchild",
    }
    assert [state.waiting(id) for id in (SES, "child", "grandchild", "other")] == [1, 1, 1, 0]


def test_a_request_that_goes_with_its_session_counts_no_more() -> None:
    state = family()
    apply(state, builders.asked(session="grandchild"))
    changes = apply(state, e.SessionRemoved(session_id="grandchild"))
    assert builders.reported(changes, RequestChanged("per"))
    assert {change.session_id for change in changes if isinstance(change, SessionChanged)} == {SES, "child"}
    assert not state.requests


def test_a_request_counts_for_a_parent_that_is_known_later() -> None:
    state = builders.empty()
    builders.play(state, builders.asked(session="child"), builders.session())
    changes = apply(state, builders.session("child", parent=SES))
    assert builders.reported(changes, SessionChanged(SES))
    assert state.waiting(SES) == 1


def test_requests_are_fetched_after_a_loss() -> None:
    state = builders.conversation(builders.asked("answered"), builders.LOST, builders.CONNECTED)
    changes = builders.play(state, builders.loaded(requests=(builders.permission_info("asked"),)))
    assert builders.reported(changes, RequestsChanged())
    assert list(state.requests) == ["asked"]


def test_requests_that_are_still_there_are_no_news() -> None:
    state = builders.conversation(builders.asked())
    assert not builders.reported(
        builders.play(state, builders.loaded(requests=(builders.permission_info(),))), RequestsChanged()
    )


def test_all_requests_that_a_rejection_takes_with_it_go() -> None:
    state = builders.conversation(
        builders.asked("one"), builders.asked("two"), builders.answered("one"), builders.answered("two")
    )
    assert not state.requests


# ---- the server --------------------------------------------------------------------------------------------------------


def test_the_folder_is_reported_where_it_changes() -> None:
    state = State()
    changes = apply(state, e.DirectoryKnown(directory="/work"))
    assert [type(change) for change in changes] == [InstanceChanged]
    assert state.directory == "/work"
    assert apply(state, e.DirectoryKnown(directory="/work")) == []
    apply(state, e.DirectoryKnown(directory="/elsewhere"))
    assert state.directory == "/elsewhere"


def test_the_folder_is_known_before_the_first_load_and_stays_after_a_loss() -> None:
    state = State()
    for event in (e.DirectoryKnown(directory="/work"), e.Connected(), e.Lost()):
        apply(state, event)
    assert state.directory == "/work"


def test_a_catalogue_is_reported_where_it_changes() -> None:
    state = builders.empty()
    loaded = e.CatalogueLoaded(catalogue=Catalogue((Agent("build"),)))
    assert apply(state, loaded) == [CatalogueChanged()]
    assert apply(state, loaded) == []


def test_what_is_not_understood_is_counted_and_reported_once() -> None:
    state = builders.conversation()
    assert apply(state, e.Unknown(name="session.moved")) == [InstanceChanged()]
    assert apply(state, e.Unknown(name="session.moved")) == []
    assert apply(state, e.Malformed(name="message.updated", reason="'id' is not a string")) == [InstanceChanged()]
    assert {name: (oddity.count, oddity.reason) for name, oddity in state.oddities.items()} == {
        "session.moved": (2, ""),
        "message.updated": (1, "'id' is not a string"),
    }


def test_only_so_many_names_are_counted_apart() -> None:
    state = builders.empty()
    builders.play(state, *(e.Unknown(name=f"event {number}") for number in range(ODDITIES_BOUND + 3)))
    assert len(state.oddities) == ODDITIES_BOUND + 1
    assert state.oddities["..."].count == 3


def test_an_event_of_no_family_is_passed_over() -> None:
    assert apply(builders.empty(), e.Event()) == []


def test_the_files_and_mentions_of_a_prompt_stand_in_it_at_once() -> None:
    extras = (FileInfo("file", "image/png"), NoteInfo("agent", "agent", "@general"))
    state = builders.conversation()
    changes = builders.play(state, builders.prompt(extras=extras))
    assert [part.info for part in builders.the_message(state, "mine").parts][1:] == list(extras)
    assert builders.reported(changes, PartChanged(SES, "mine", "file"))
