"""The state as a Python user meets it, and what it answers about itself."""

from __future__ import annotations

import pytest

from opencode_widget.model.entities import FileInfo, NoteInfo, PartInfo, Tokens, ToolState
from opencode_widget.model.state import Message, Part, State

from . import builders
from .builders import SES


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (builders.text_info("Hello"), "<Part text 'Hello'>"),
        (builders.text_info(""), "<Part text prt>"),
        (builders.tool_info(), "<Part tool bash>"),
        (FileInfo("prt"), "<Part file prt>"),
        (NoteInfo("prt", "retry", "Once more"), "<Part note 'Once more'>"),
        (NoteInfo("prt", "step-start"), "<Part note step-start>"),
    ],
)
def test_a_part_in_words(info: PartInfo, words: str) -> None:
    assert repr(Part(info)) == words


def test_a_tool_has_a_name_a_state_input_and_output() -> None:
    part = Part(builders.tool_info(ToolState.COMPLETED, input={"a": 1}, output="one"))
    assert (part.id, part.kind, part.tool, part.state) == ("prt", "tool", "bash", ToolState.COMPLETED)
    assert (part.input, part.output, part.text, part.ended) == ({"a": 1}, "one", "", True)


def test_a_text_has_none_of_these() -> None:
    part = Part(builders.text_info("Hello"))
    assert (part.tool, part.state, part.input, part.output, part.text) == ("", None, {}, "", "Hello")


def test_a_message_says_the_text_that_is_meant_for_the_user() -> None:
    state = builders.streaming(
        builders.text("Hello", ended=True),
        builders.part(builders.text_info("Hm", "thought", kind="reasoning")),
        builders.part(builders.tool_info(id="tool")),
        builders.part(builders.text_info("For the model", "hidden", hidden=True)),
        builders.text("", "empty"),
        builders.text("World", "more"),
    )
    message = builders.the_message(state)
    assert message.text == "Hello\n\nWorld"
    assert repr(message) == "<Message assistant streaming 'Hello World'>"
    html = message._repr_html_()
    assert ">Hello</p>" in html
    assert ">World</p>" in html
    assert "For the model" not in html


def test_a_message_that_failed_shows_why() -> None:
    message = Message(builders.answer_info(error=builders.OOPS, cost=0.1, tokens=Tokens(1)))
    assert "<strong>UnknownError: </strong>Oops." in message._repr_html_()
    assert (message.cost, message.tokens, message.error, message.session_id) == (0.1, Tokens(1), builders.OOPS, SES)


def test_sessions_know_their_children_and_those_above_them() -> None:
    state = builders.conversation(builders.born("child", parent=SES), builders.born("grandchild", parent="child"))
    assert [child.id for child in state.children(SES)] == ["child"]
    assert state.lineage("grandchild") == ["grandchild", "child", SES]
    assert state.lineage("nowhere") == []


def test_sessions_that_are_each_others_parents_have_an_end() -> None:
    state = builders.conversation(builders.session(parent="other"), builders.session("other", parent=SES))
    assert state.lineage(SES) == [SES, "other"]


def test_the_fingerprint_is_that_of_what_the_server_vouches_for() -> None:
    state = builders.streaming(builders.delta("Hel"), builders.delta("lo"))
    other = builders.streaming(builders.text("Hello"))
    assert state.fingerprint() == other.fingerprint()
    builders.play(other, builders.delta("!"))
    assert state.fingerprint() != other.fingerprint()
    assert State().fingerprint() == {}


def test_only_an_answer_that_was_asked_for_with_a_schema_has_data() -> None:
    state = builders.streaming(builders.text('{"age": 36}'))
    assert [message.data for message in builders.the_session(state)] == [None] * len(builders.the_session(state).ids)
