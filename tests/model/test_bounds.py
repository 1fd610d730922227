"""What is kept is bounded: what has no room is dropped, counted, and fetched again where the server still has it."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import state as states
from opencode_widget.model.bounds.backlog import Backlog
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.bounds.recent import Recent
from opencode_widget.model.dialects import common
from opencode_widget.model.entities import TITLE_BOUND, TODO_BOUND, TODOS_BOUND, Agent, Catalogue, Problem, ToolState
from opencode_widget.model.patch import PROBLEMS_BOUND, Patch
from opencode_widget.model.reduce import DROPPED, apply, message_state, notices, parts, requests, sessions
from opencode_widget.model.reduce.changes import (
    InstanceChanged,
    MessageGone,
    RequestChanged,
    SessionChanged,
    SessionGone,
    WordsMissed,
)
from opencode_widget.model.state import HistoryState, MessageState, State
from opencode_widget.model.view import sessions_view

from . import builders
from .builders import MSG, PRT, SES
from .pages import expect, page_of

# ---- what waits --------------------------------------------------------------------------------------------------------


def test_a_backlog_is_bounded_in_number_and_in_size() -> None:
    backlog = Backlog[str](2, 10)
    assert [backlog.add("a", word, 4) for word in ("1", "2", "3", "4")] == [True, True, False, False]
    assert len(backlog) == 0
    assert backlog.take("a") == ([], True)
    assert [backlog.add("b", word, 6) for word in ("1", "2")] == [True, False]
    backlog.add("c", "kept", 10)
    backlog.clear()
    assert backlog.take("c") == ([], False)


def test_the_latest_ids_are_remembered() -> None:
    recent = Recent(2)
    assert [recent.add(id) for id in "aabc"] == [True, False, True, True]
    assert ["a" in recent, "b" in recent, "c" in recent] == [False, True, True]


def test_events_that_had_no_room_while_everything_was_fetched_are_fetched_again() -> None:
    state = builders.streaming()
    apply(state, e.Connected())
    state.buffered = Backlog(2, 10_000)
    builders.play(state, *(builders.delta(word) for word in "abc"))
    changes = apply(state, builders.loaded())
    assert builders.reported(changes, WordsMissed(None))
    assert state.oddities[DROPPED].count == 1


def test_events_that_had_no_room_while_a_history_was_fetched_make_a_gap_and_are_fetched_again() -> None:
    state = builders.streaming()
    builders.play(state, builders.loading())
    session = builders.the_session(state)
    session.buffered = Backlog(2, 10_000)
    builders.play(state, *(builders.delta(word) for word in "abc"))
    changes = apply(
        state,
        builders.history_loaded(
            builders.fetched(builders.user_info()), builders.fetched(builders.answer_info(), builders.text_info("Hi"))
        ),
    )
    assert builders.reported(changes, WordsMissed(SES))
    builders.play(state, builders.delta("d"))
    assert builders.the_part(state).gap


def test_orphans_that_had_no_room_are_reported_with_a_revert_that_changes() -> None:
    state = builders.conversation(builders.user(), builders.answer())
    builders.play(state, builders.session(revert=MSG))
    builders.the_session(state).orphans = Backlog(0, 0)
    changes = apply(state, builders.delta("x", message_id="unknown"))
    assert builders.reported(changes, WordsMissed(SES))


def test_a_part_of_a_message_that_is_taken_back_and_has_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PARTS_BOUND", 0)
    state = builders.conversation(builders.user(), builders.answer())
    builders.play(state, builders.session(revert=MSG))
    changes = apply(state, builders.text("x"))
    assert changes[-2:] == [WordsMissed(SES, again=False), InstanceChanged()]


# ---- sessions and requests ---------------------------------------------------------------------------------------------


def test_the_session_that_is_known_longest_and_not_used_makes_room_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_BOUND", 3)
    state = builders.conversation()
    builders.play(state, builders.session("old"), builders.session("older"))
    changes = builders.play(state, builders.session("new"))
    assert builders.reported(changes, SessionGone("old"))
    assert builders.reported(changes, InstanceChanged())
    assert list(state.sessions) == [SES, "older", "new"]
    assert state.more_sessions


def test_sessions_that_are_all_in_use_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_BOUND", 1)
    state = builders.conversation()
    builders.play(state, builders.born("new"))
    assert list(state.sessions) == [SES, "new"]


def test_a_session_that_moves_below_another_has_its_requests_counted_there() -> None:
    state = builders.conversation(builders.born("child"), builders.asked(session="child"))
    assert state.waiting(SES) == 0
    changes = builders.play(state, builders.session("child", parent=SES))
    assert state.waiting(SES) == 1
    assert builders.reported(changes, SessionChanged(SES))


def test_a_request_of_a_session_that_is_not_known_counts_where_its_session_appears() -> None:
    state = builders.conversation(builders.asked(session="child"))
    builders.play(state, builders.born("child", parent=SES))
    assert state.waiting(SES) == 1


def test_requests_beyond_the_bound_are_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "REQUESTS_BOUND", 1)
    state = builders.conversation(builders.asked("one"))
    assert builders.play(state, builders.asked("two")) == [WordsMissed(None, again=False), InstanceChanged()]
    assert list(state.requests) == ["one"]
    assert builders.reported(builders.play(state, builders.asked("one")), RequestChanged("one")), (
        "a known one is stated again"
    )


def test_only_so_many_errors_that_belong_to_no_message_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "NOTICES_BOUND", 2)
    state = builders.conversation(builders.user())
    changes = builders.play(state, *(builders.errored(Problem("Oops", f"Problem {number}")) for number in range(3)))
    assert [message.error.message for message in builders.the_session(state) if message.error] == [
        "Problem 1",
        "Problem 2",
    ]
    assert any(isinstance(change, MessageGone) for change in changes)


def test_only_so_many_prompts_are_taken_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_state, "QUEUED_BOUND", 2)
    state = builders.streaming()
    builders.play(state, *(builders.user(f"q{number}", at=10 + number) for number in range(3)))
    assert [builders.the_message(state, f"q{number}").state for number in range(3)] == [
        MessageState.COMPLETE,
        MessageState.QUEUED,
        MessageState.QUEUED,
    ]


def test_a_session_says_how_much_its_messages_weigh() -> None:
    state = builders.streaming(builders.delta("x" * 1000))
    session = builders.the_session(state)
    assert 1000 < session.weight < 2000
    builders.play(
        state,
        builders.part(builders.tool_info(id="tool", output="y" * 5000)),
        builders.delta("z" * 1000, "tool", field="output"),
    )
    builders.play(state, builders.delta("raw", "tool", field="raw"))
    assert builders.the_part(state, "tool").length("output") == 6000
    assert 7000 < session.weight < 9000


def test_a_part_that_ended_stays_as_it_is_when_its_message_stops() -> None:
    state = builders.streaming(builders.part(builders.tool_info(ToolState.COMPLETED, "done")))
    patch = Patch("i", state)
    patch.show(SES)
    patch.drain()
    patch.add(builders.play(state, builders.idle()))
    assert [op["part"]["id"] for op in patch.drain() if op["op"] == "part"] == [PRT]


# ---- what is gathered for pages ----------------------------------------------------------------------------------------


def test_without_a_page_only_problems_are_gathered() -> None:
    state = builders.streaming()
    patch = Patch("i", state)
    patch.show(SES)
    patch.forget()
    patch.add(builders.play(state, builders.delta("Hello"), builders.errored(session=None)))
    assert patch.drain() == []
    view = patch.snapshot(Room())
    assert view is not None
    assert view["messages"][-1]["parts"][0]["text"] == "Hello"
    assert [op["op"] for op in patch.drain()] == ["problem"]


def test_only_so_many_problems_are_gathered() -> None:
    state = builders.conversation()
    patch = Patch("i", state)
    problems = (
        builders.errored(Problem("Oops", f"Problem {number}"), session=None) for number in range(PROBLEMS_BOUND + 5)
    )
    patch.add(builders.play(state, *problems))
    assert len(patch.drain()) == PROBLEMS_BOUND


def test_sessions_and_requests_for_which_a_snapshot_has_no_room_follow() -> None:
    state = builders.conversation(builders.born("b"), builders.asked("one"), builders.asked("two", session="b"))
    patch = Patch("i", state)
    patch.drain()
    room = Room(1)
    first = patch.sessions_view(room)
    assert len(first) == 1
    assert patch.requests_view(room) == []
    rest = patch.drain()
    assert [*first, *(op["session"] for op in rest if op["op"] == "session")] == sessions_view(state)
    assert [op["request"]["id"] for op in rest if op["op"] == "request"] == ["one", "two"]


def test_requests_for_which_a_snapshot_has_room_are_in_it() -> None:
    patch = Patch("i", builders.conversation(builders.asked("one"), builders.asked("two")))
    assert [item["id"] for item in patch.requests_view(Room())] == ["one", "two"]
    assert not patch.requests


def test_a_snapshot_without_a_session_on_screen_has_no_transcript() -> None:
    patch = Patch("i", builders.conversation())
    assert patch.snapshot(Room()) is None
    assert not patch.reveal()


def test_words_that_were_dropped_and_catalogues_are_no_transcript() -> None:
    patch = Patch("i", State())
    patch.add([WordsMissed(SES)])
    assert patch.drain() == []


def test_older_messages_that_are_kept_are_revealed_up_to_the_one_that_is_wanted() -> None:
    asked = (builders.fetched(builders.user_info(f"m{number:03}", at=number)) for number in range(300))
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.history_loaded(*asked))
    patch = Patch("i", state)
    patch.show(SES)
    (op,) = (item for item in patch.drain(Room(1)) if item["op"] == "transcript")
    assert [message["head"]["id"] for message in op["transcript"]["messages"]] == ["m299"]
    assert op["transcript"]["more"]
    assert patch.reveal("m150")
    (older,) = (item for item in patch.drain() if item["op"] == "older")
    assert (older["messages"][0]["head"]["id"], older["more"]) == ("m150", True)
    assert patch.reveal("m149"), "some more come with it"
    (older,) = (item for item in patch.drain() if item["op"] == "older")
    assert older["messages"][0]["head"]["id"] == "m050"


def test_dropping_a_history_forgets_what_waited_for_it() -> None:
    state = builders.streaming(builders.delta("x", "late"), builders.delta("x", message_id="later"))
    builders.play(state, e.HistoryDropped(session_id=SES))
    session = builders.the_session(state)
    assert session.history_state is HistoryState.ABSENT
    assert (len(session.early), len(session.orphans), session.weight) == (0, 0, 0)
    assert states.part_key(MSG, PRT) not in session.removed_parts


def test_a_catalogue_goes_when_it_changed_and_with_nothing_else() -> None:
    patch = Patch("i", state := builders.conversation())
    patch.drain()
    agents = (Agent("build"),)
    patch.add(builders.play(state, e.CatalogueLoaded(catalogue=Catalogue(agents=agents))))
    (op,) = patch.drain()
    assert (op["op"], op["instance"], [agent["name"] for agent in op["agents"]]) == ("catalogue", "i", ["build"])


def test_texts_spend_the_room_of_a_frame() -> None:
    state = builders.streaming(builders.text(id="other"))
    patch = Patch("i", state)
    patch.show(SES)
    patch.drain()
    patch.add(builders.play(state, builders.delta("x" * 300), builders.delta("y", "other")))
    assert [op["text"][0] for op in patch.drain(Room(300))] == ["x"]
    assert [op["text"] for op in patch.drain(Room(300))] == ["y"]


def test_a_part_that_is_patched_to_what_it_is_changes_nothing() -> None:
    state = builders.conversation(builders.busy(), builders.answer(), builders.part(builders.tool_info(title="Run")))
    patched = e.PartPatched(session_id=SES, message_id=MSG, part_id=PRT, changes={"title": "Run"})
    assert builders.play(state, patched) == []


def test_a_request_of_a_sub_agent_stays_when_the_session_above_it_goes() -> None:
    state = builders.conversation(builders.born("child", parent=SES), builders.asked(session="child"))
    builders.play(state, e.SessionRemoved(session_id=SES))
    assert list(state.requests) == ["per"]
    assert state.waiting("child") == 1


def test_older_messages_without_parts_follow_too() -> None:
    asked = [builders.fetched(builders.user_info(f"m{number}", at=number + 1)) for number in range(4)]
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), builders.history_loaded(*asked[2:], more="c"))
    patch = Patch("i", state)
    patch.show(SES)
    patch.drain()
    patch.add(builders.play(state, builders.message(builders.user_info("between", at=1.5))))
    patch.add(builders.play(state, builders.older(*asked[:2])))
    (op,) = (item for item in patch.drain() if item["op"] == "older")
    assert [message["head"]["id"] for message in op["messages"]] == ["m0"]


def test_a_page_that_comes_while_texts_are_gathered_gets_them_whole_and_no_hidden_part() -> None:
    state = builders.streaming(builders.part(builders.text_info(id="secret", hidden=True)))
    patch = Patch("i", state)
    patch.show(SES)
    patch.drain()
    patch.add(builders.play(state, builders.delta("Hello")))
    view = patch.snapshot(Room())
    assert view is not None
    assert [part["id"] for part in view["messages"][-1]["parts"]] == [PRT]
    assert [(op["op"], op["part"]["text"]) for op in patch.drain()] == [("part", "Hello")]


# ---- what a list is told of ---------------------------------------------------------------------------------------------


def test_a_title_of_any_length_is_kept_as_far_as_a_list_shows_it() -> None:
    state = builders.empty()
    builders.play(state, builders.session(title="t" * 1_000_000))
    assert state.sessions[SES].info.title == "t" * TITLE_BOUND + "…"
    apply(state, e.SessionPatched(session_id=SES, changes={"title": "u" * 1_000_000}))
    assert state.sessions[SES].info.title == "u" * TITLE_BOUND + "…"
    apply(state, e.SessionPatched(session_id=SES, changes={"title": "u" * TITLE_BOUND}))
    assert state.sessions[SES].info.title == "u" * TITLE_BOUND


def test_only_so_many_to_dos_are_kept_and_each_as_far_as_it_is_read() -> None:
    listed = [{"content": str(number), "status": "pending"} for number in range(TODOS_BOUND + 5)]
    kept = common.todos([{"content": "x" * 1_000_000}, *listed])
    assert len(kept) == TODOS_BOUND
    assert kept[0].content.startswith("x" * TODO_BOUND + "\n")
    assert len(kept[0].content) < TODO_BOUND + 100
    assert [todo.content for todo in kept[1:]] == [str(number) for number in range(TODOS_BOUND - 1)]


def test_what_a_revert_has_taken_back_comes_with_no_older_messages() -> None:
    state = builders.conversation(
        builders.user("a", at=1), builders.user("b", at=2), builders.session(revert="b"), builders.prompt()
    )
    page, patch = page_of(state), Patch("i", state)
    patch.show(SES)
    page.apply(patch.drain(Room(1)))  # carries the prompt alone, which stands behind what was taken back
    patch.reveal()
    for _ in range(5):
        page.apply(patch.drain(Room(1)))
    expect(page, state, SES)
