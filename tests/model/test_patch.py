"""Changes, told as operations; that they leave a page in the right state is in `tests/model/reduce/test_properties.py`."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import view as views
from opencode_widget.model.entities import Todo, ToolState
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce.changes import InstanceChanged
from opencode_widget.model.state import State
from opencode_widget.model.wire import Op

from . import builders
from .builders import MSG, PRT, SES
from .pages import expect, page_of


class Screen:
    """A page that shows the session `ses`, and what is told to it."""

    def __init__(self, state: State, shown: str | None = SES) -> None:
        self.state = state
        self.page = page_of(state)
        self.patch = Patch("i", state)
        self.patch.show(shown)
        self.frame()

    def frame(self, *events: e.Event) -> list[Op]:
        """What these events make of one frame; the page is right after it."""
        self.patch.add(builders.play(self.state, *events))
        ops = self.patch.drain()
        self.page.apply(ops)
        expect(self.page, self.state, self.patch.shown)
        return ops


def names(ops: list[Op]) -> list[str]:
    return [op["op"] for op in ops]


def text(words: str, field: str = "text") -> dict[str, Any]:
    return {"op": "text", "session": SES, "message": MSG, "part": PRT, "field": field, "text": words}


# ---- text --------------------------------------------------------------------------------------------------------------


def test_a_delta_costs_itself() -> None:
    screen = Screen(builders.streaming(builders.delta("Hello")))
    assert screen.frame(builders.delta(" Wor"), builders.delta("ld")) == [text(" World")]
    assert screen.frame() == []


def test_twenty_thousand_deltas_are_one_operation() -> None:
    screen = Screen(builders.streaming())
    assert screen.frame(*(builders.delta("x") for _ in range(20_000))) == [text("x" * 20_000)]


def test_a_part_that_changed_otherwise_goes_whole() -> None:
    screen = Screen(builders.streaming())
    ops = screen.frame(builders.delta("a"), builders.text("b"), builders.delta("c"))
    assert names(ops) == ["part"]
    assert ops[0]["part"]["text"] == "bc"


def test_a_text_that_is_stated_whole_each_time_goes_as_what_it_grew_by() -> None:
    screen = Screen(builders.streaming())
    assert screen.frame(builders.text("One"), builders.text("One two")) == [text("One two")]
    assert screen.frame(builders.text("One two three")) == [text(" three")]
    assert screen.frame(builders.text("One two three")) == []
    assert names(screen.frame(builders.text("One two three", ended=True))) == ["part"]


def test_updates_and_deltas_in_one_frame_neither_double_nor_lose() -> None:
    screen = Screen(builders.streaming())
    screen.frame(builders.text("a"), builders.delta("b"), builders.text("ab"), builders.delta("c"))
    assert screen.page.state["transcript"]["messages"][1]["parts"][0]["text"] == "abc"


def test_empty_deltas_are_not_sent() -> None:
    assert Screen(builders.streaming()).frame(builders.delta("")) == []


def test_fields_of_a_tool_grow_apart() -> None:
    screen = Screen(builders.conversation(builders.busy(), builders.answer(), builders.part(builders.tool_info())))
    ops = screen.frame(
        builders.delta("{", field="raw"), builders.delta("one", field="output"), builders.delta("}", field="raw")
    )
    assert ops == [text("{}", "raw"), text("one", "output")]


def test_hidden_text_is_not_sent() -> None:
    screen = Screen(builders.streaming())
    hidden = builders.part(builders.text_info("", "hidden", hidden=True))
    assert names(screen.frame(hidden)) == ["part-"]
    assert screen.frame(builders.delta("x", "hidden")) == []


def test_an_output_that_grows_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "OUTPUT_BOUND", 4)
    screen = Screen(builders.conversation(builders.busy(), builders.answer(), builders.part(builders.tool_info())))
    assert screen.frame(builders.delta("1234", field="output")) == [text("1234", "output")]
    ops = screen.frame(builders.delta("5", field="output"), builders.delta("{", field="raw"))
    assert [(op["part"]["output"], op["part"]["outputLength"]) for op in ops] == [("1234", 5)]
    screen.patch.add(builders.play(screen.state, builders.delta("6", field="output"), builders.delta("}", field="raw")))
    assert screen.patch.drain() == [text("}", "raw")]
    ops = screen.frame(builders.part(builders.tool_info(ToolState.COMPLETED, output="123456")))
    assert ops[0]["part"]["outputLength"] == 6


# ---- messages and parts ------------------------------------------------------------------------------------------------


def test_a_message_comes_with_its_place_and_its_parts() -> None:
    screen = Screen(builders.conversation(builders.user()))
    ops = screen.frame(builders.busy(), builders.answer(), builders.text("a"), builders.text("b", "second"))
    assert names(ops) == ["session", "message", "part", "part"]
    assert [op.get("after", "none") for op in ops] == ["none", "ask", None, PRT]


def test_what_comes_and_goes_between_two_frames_never_was() -> None:
    screen = Screen(builders.streaming())
    ops = screen.frame(builders.user("brief", at=5), builders.text("x", "brief-text", "brief"), builders.gone("brief"))
    assert names(ops) == ["message-"]
    assert names(screen.frame(builders.text("x", "brief"), builders.part_gone("brief"))) == ["part-"]


def test_a_message_that_goes_and_comes_back_brings_nothing_old() -> None:
    screen = Screen(builders.streaming(builders.text("Thinking", "thought"), builders.idle()))
    fetched = builders.loaded(builders.history(builders.fetched(builders.user_info())))
    ops = screen.frame(builders.CONNECTED, builders.answer(), builders.text("New"), fetched)
    assert [op["op"] for op in ops if op["op"].startswith(("message", "part"))] == [
        "message-",
        "message",
        "part-",
        "part",
    ]


def test_a_prompt_that_the_server_places_elsewhere_moves() -> None:
    screen = Screen(builders.conversation(builders.user("a", at=1), builders.prompt(), builders.user("b", at=5)))
    ops = screen.frame(builders.user("mine", at=3))
    assert [(op["op"], op.get("after")) for op in ops if op["op"] == "message"] == [("message", "a")]


def test_prompts_behind_a_revert_keep_their_order() -> None:
    state = builders.conversation(builders.user("a", at=1), builders.user("b", at=2), builders.session(revert="b"))
    screen = Screen(state)
    screen.frame(builders.prompt("one", at=3))
    screen.frame(builders.prompt("two", at=4))
    accepted = builders.play(state, builders.errored())
    screen.patch.add(accepted)
    screen.page.apply(screen.patch.drain())
    expect(screen.page, state, SES)


def test_what_a_revert_has_taken_back_is_not_sent() -> None:
    screen = Screen(builders.streaming(builders.session(revert="ask")))
    assert screen.frame(builders.delta("x"), builders.text("xy", "second")) == []
    assert names(screen.frame(builders.answer(cost=1))) == ["message-"]


def test_older_messages_go_at_once() -> None:
    state = builders.empty()
    builders.play(
        state,
        builders.session(),
        builders.loading(),
        builders.history_loaded(builders.fetched(builders.user_info("c", at=3)), more="c"),
    )
    screen = Screen(state)
    fetched = (
        builders.fetched(builders.user_info("a", at=1)),
        builders.fetched(builders.user_info("b", at=2), builders.text_info("b")),
    )
    ops = screen.frame(builders.older(*fetched, more="a"), builders.text("bb", message_id="b"))
    assert names(ops) == ["older"]
    assert [message["head"]["id"] for message in ops[0]["messages"]] == ["a", "b"]
    assert ops[0]["more"] is True


def test_the_end_of_the_older_messages_is_sent_too() -> None:
    state = builders.empty()
    builders.play(
        state,
        builders.session(),
        builders.loading(),
        builders.history_loaded(builders.fetched(builders.user_info()), more="c"),
    )
    assert Screen(state).frame(builders.older()) == [{"op": "older", "session": SES, "messages": [], "more": False}]


def test_older_messages_may_stand_behind_a_notice_or_be_gone_again() -> None:
    state = builders.empty()
    builders.play(
        state,
        builders.session(),
        builders.loading(),
        builders.history_loaded(builders.fetched(builders.user_info("one", at=1))),
    )
    builders.play(state, builders.errored(), builders.loading())
    builders.play(state, builders.history_loaded(builders.fetched(builders.user_info("nine", at=9)), more="nine"))
    screen = Screen(state)
    fetched = [
        builders.fetched(builders.user_info(id, at=at), builders.text_info(id))
        for id, at in (("one", 1), ("two", 2), ("three", 3))
    ]
    ops = screen.frame(builders.older(*fetched), builders.user("nine", at=9, cost=1), builders.gone("three"))
    assert names(ops) == ["message-", "older", "message", "message", "part"]


# ---- the transcript as a whole -----------------------------------------------------------------------------------------


def test_what_is_not_on_screen_is_not_sent() -> None:
    screen = Screen(builders.streaming(builders.born("other")), shown="other")
    events = (
        builders.delta("x"),
        builders.text("xy"),
        builders.user("b"),
        builders.gone(),
        builders.part_gone(),
        builders.older(),
    )
    todos = e.TodosChanged(session_id=SES, todos=())
    assert names(screen.frame(*events, todos, e.HistoryDropped(session_id=SES))) == []


def test_another_session_on_screen_is_sent_whole() -> None:
    screen = Screen(builders.streaming(builders.born("other")))
    screen.patch.show("other")
    assert names(screen.frame(builders.delta("x"))) == ["transcript"]
    screen.patch.show(SES)
    screen.patch.show("other")
    assert names(screen.frame()) == ["transcript"]
    screen.patch.show("other")
    assert names(screen.frame()) == []
    screen.patch.show(None)
    assert screen.frame() == [{"op": "transcript", "transcript": None}]
    assert screen.frame() == []


def test_a_session_that_comes_later_is_sent_when_it_comes() -> None:
    screen = Screen(builders.empty())
    assert screen.frame() == []
    assert names(screen.frame(builders.born())) == ["session", "transcript"]


def test_a_session_that_goes_takes_its_transcript_with_it() -> None:
    screen = Screen(builders.streaming())
    assert names(screen.frame(e.SessionRemoved(session_id=SES))) == ["session-", "transcript"]


def test_a_session_that_goes_and_comes_back_is_another() -> None:
    screen = Screen(builders.streaming())
    events = (builders.CONNECTED, builders.session(), builders.loaded(sessions=()))
    ops = screen.frame(*events)
    assert names(ops) == ["session", "transcript"]
    assert ops[1]["transcript"]["messages"] == []


def test_a_transcript_that_is_fetched_is_sent_whole() -> None:
    state = builders.empty()
    builders.play(state, builders.session())
    screen = Screen(state)
    assert names(screen.frame(builders.loading())) == []
    assert names(screen.frame(builders.prompt())) == ["transcript"]
    assert names(screen.frame(builders.history_loaded(builders.fetched(builders.user_info()), more="c"))) == [
        "transcript"
    ]
    assert names(screen.frame(builders.loading(), e.HistoryFailed(session_id=SES, problem=builders.OOPS))) == [
        "transcript"
    ]
    assert names(screen.frame(builders.loading())) == ["transcript"]


def test_a_to_do_list_goes_whole() -> None:
    screen = Screen(builders.conversation())
    ops = screen.frame(e.TodosChanged(session_id=SES, todos=(Todo("Count"),)))
    assert ops == [
        {"op": "todos", "session": SES, "todos": [{"content": "Count", "status": "pending", "priority": ""}]}
    ]


# ---- the instance ------------------------------------------------------------------------------------------------------


def test_sessions_and_requests_are_sent_whatever_is_on_screen() -> None:
    screen = Screen(builders.conversation(), shown=None)
    ops = screen.frame(builders.born("child", parent=SES), builders.asked(session="child"))
    assert names(ops) == ["session", "session", "request"]
    assert {op["session"]["id"]: op["session"]["waiting"] for op in ops[:2]} == {"child": 1, SES: 1}
    assert screen.frame(builders.session(archived=5))[0]["session"]["archived"] == 5


def test_a_problem_of_no_session_is_sent_once() -> None:
    screen = Screen(builders.conversation())
    changes = {"op": "problem", "instance": "i", "problem": {"name": "UnknownError", "message": "Oops."}}
    assert screen.frame(builders.errored(session=None)) == [changes]
    assert screen.frame() == []


def test_whether_the_instance_changed_is_for_others_to_tell() -> None:
    patch = Patch("i", State())
    patch.add([InstanceChanged()])
    assert patch.instance
    assert patch.drain() == []
    assert not patch.instance
