"""The events of parts: streamed, stated, patched, taken away, in any order."""

from __future__ import annotations

from itertools import permutations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.bounds.backlog import Backlog
from opencode_widget.model.entities import BUSY, FileInfo, NoteInfo, ToolState
from opencode_widget.model.reduce import DROPPED, parts
from opencode_widget.model.reduce.changes import InstanceChanged, PartChanged, PartGone, TextAppended, WordsMissed
from opencode_widget.model.state import State

from .. import builders
from ..builders import MSG, PRT, SES


def patched(**changes: object) -> e.PartPatched:
    return e.PartPatched(session_id=SES, message_id=MSG, part_id=PRT, changes=changes)


# ---- text --------------------------------------------------------------------------------------------------------------


def test_deltas_stand_at_the_end_of_the_text() -> None:
    state = builders.streaming(builders.delta("Hel"))
    assert builders.play(state, builders.delta("lo")) == [TextAppended(SES, MSG, PRT, "text", "lo")]
    assert builders.the_part(state).text == "Hello"


def test_a_statement_replaces_the_text_and_deltas_go_on_after_it() -> None:
    state = builders.streaming(builders.delta("a"), builders.text("ab"), builders.delta("c"))
    assert builders.the_part(state).text == "abc"


def test_the_last_statement_counts_whatever_streamed() -> None:
    state = builders.streaming(builders.delta("draft"), builders.text("Final", ended=True))
    assert builders.the_part(state).text == "Final"


def test_a_text_needs_no_deltas() -> None:
    state = builders.streaming(builders.text("Hello", ended=True))
    assert builders.texts(state)["msg"] == "Hello"


def test_a_text_that_ended_takes_no_more() -> None:
    state = builders.streaming(builders.text("Hello", ended=True))
    assert builders.play(state, builders.delta("late"), builders.text("Hel")) == []
    assert builders.the_part(state).text == "Hello"


def test_an_empty_delta_of_a_field_that_does_not_grow_does_nothing() -> None:
    state = builders.streaming()
    assert builders.play(state, builders.delta("x", field="output")) == []
    assert builders.the_part(state).text == ""


def test_twenty_thousand_deltas_are_one_text() -> None:
    state = builders.streaming(*(builders.delta(f"{number} ") for number in range(20_000)))
    assert builders.the_part(state).text == "".join(f"{number} " for number in range(20_000))


# ---- before its time ---------------------------------------------------------------------------------------------------


def test_deltas_wait_for_their_part() -> None:
    state = builders.conversation(builders.busy(), builders.answer())
    assert builders.play(state, builders.delta("Hel"), builders.delta("lo")) == []
    builders.play(state, builders.text(""), builders.delta("!"))
    assert builders.the_part(state).text == "Hello!"


def test_deltas_that_the_part_states_already_are_not_doubled() -> None:
    state = builders.conversation(builders.busy(), builders.answer(), builders.delta("Hel"), builders.text("Hello"))
    assert builders.the_part(state).text == "Hello"


def test_parts_and_deltas_wait_for_their_message() -> None:
    state = builders.conversation(builders.busy(), builders.delta("Hel"), builders.text(""), builders.delta("lo"))
    assert builders.texts(state) == {}
    builders.play(state, builders.answer())
    assert builders.the_part(state).text == "Hello"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_message_part_and_delta_may_come_in_any_order(order: tuple[int, ...]) -> None:
    events = (builders.answer(), builders.text(""), builders.delta("Hello"))
    state = builders.conversation(builders.busy(), *(events[at] for at in order))
    assert builders.the_part(state).text == "Hello"


def test_a_part_removed_before_its_message_came_stays_removed() -> None:
    state = builders.conversation(
        builders.busy(), builders.text("Hel"), builders.part_gone(), builders.answer(), builders.text("Hello")
    )
    assert not builders.the_message(state).parts


def test_a_part_patched_before_its_message_came_is_patched() -> None:
    state = builders.conversation(builders.busy(), builders.text("Hel"), patched(text="Hello"), builders.answer())
    assert builders.the_part(state).text == "Hello"


def test_only_so_much_waits_for_a_message_and_what_is_dropped_is_counted_and_fetched_again() -> None:
    state = builders.conversation(builders.busy())
    builders.the_session(state).orphans = Backlog(3, 10_000)
    assert builders.play(state, builders.text(""), builders.delta("a"), builders.delta("b")) == []
    assert builders.play(state, builders.delta("c")) == [WordsMissed(SES), InstanceChanged()]
    assert state.oddities[DROPPED].count == 1
    assert WordsMissed(SES) in builders.play(state, builders.answer()), "what waited for it is not whole"
    assert builders.the_message(state).parts == []
    assert builders.play(state, builders.delta("d", message_id="other")) == [], "there is room again"


def test_deltas_that_had_no_room_before_their_part_came_make_a_gap() -> None:
    state = builders.streaming()
    builders.the_session(state).early = Backlog(2, 10_000)
    late = [builders.delta(word, "late") for word in ("a", "b", "c")]
    assert WordsMissed(SES) in builders.play(state, *late)
    builders.play(state, builders.text("", "late"), builders.delta("d", "late"))
    part = builders.the_part(state, "late")
    assert (part.text, part.gap) == ("d", True)
    builders.play(state, builders.text("abcd", "late"))
    assert (part.text, part.gap) == ("abcd", False)


def test_a_message_has_only_so_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PARTS_BOUND", 2)
    state = builders.streaming()
    assert WordsMissed(SES, again=False) in builders.play(state, *(builders.text("x", f"part{n}") for n in range(3)))
    assert len(builders.the_message(state).parts) == 2
    assert state.oddities[DROPPED].count == 2


# ---- removal -----------------------------------------------------------------------------------------------------------


def test_a_part_that_was_removed_does_not_come_back() -> None:
    state = builders.streaming()
    assert builders.play(state, builders.part_gone()) == [PartGone(SES, MSG, PRT)]
    assert (
        builders.play(state, builders.text("late"), builders.delta("late"), builders.part_gone(), patched(text="late"))
        == []
    )
    assert not builders.the_message(state).parts


def test_what_was_removed_before_it_was_stated_never_comes() -> None:
    state = builders.streaming(builders.delta("x", "other"), builders.part_gone("other"), builders.text("y", "other"))
    assert [part.id for part in builders.the_message(state).parts] == [PRT]


# ---- tools -------------------------------------------------------------------------------------------------------------


def with_tool(**more: object) -> State:
    return builders.conversation(builders.busy(), builders.answer(), builders.part(builders.tool_info(**more)))  # type: ignore[arg-type]


def test_an_output_that_is_sent_again_costs_only_what_is_new() -> None:
    state = with_tool(output="one\n")
    changes = builders.play(state, builders.part(builders.tool_info(output="one\ntwo\n")))
    assert changes == [TextAppended(SES, MSG, PRT, "output", "two\n")]
    assert builders.the_part(state).output == "one\ntwo\n"


def test_the_same_statement_again_changes_nothing() -> None:
    state = with_tool(output="one\n")
    assert builders.play(state, builders.part(builders.tool_info(output="one\n"))) == []


@pytest.mark.parametrize(
    "more", [{"output": "ne\ntwo\n"}, {"output": "one\ntwo\n", "title": "Count"}], ids=["cut", "more"]
)
def test_a_tool_of_which_more_changed_is_reported_whole(more: dict[str, str]) -> None:
    state = with_tool(output="one\n")
    assert builders.play(state, builders.part(builders.tool_info(**more))) == [PartChanged(SES, MSG, PRT)]  # type: ignore[arg-type]


def test_a_tool_that_ended_is_reported_whole() -> None:
    state = with_tool(output="one\n")
    done = builders.part(builders.tool_info(ToolState.COMPLETED, output="one\n"))
    assert builders.play(state, done) == [PartChanged(SES, MSG, PRT)]
    assert builders.play(state, builders.part(builders.tool_info(output="one\n"))) == []


def test_arguments_and_output_of_a_tool_grow_apart() -> None:
    state = with_tool()
    builders.play(
        state,
        builders.delta('{"a"', field="raw"),
        builders.delta("one", field="output"),
        builders.delta(":1}", field="raw"),
    )
    assert (builders.the_part(state).read("raw"), builders.the_part(state).output) == ('{"a":1}', "one")


def test_arguments_that_streamed_and_are_stated_shorter_are_reported() -> None:
    state = with_tool()
    builders.play(state, builders.delta('{"a"', field="raw"))
    assert builders.play(state, builders.part(builders.tool_info(output="x"))) == [PartChanged(SES, MSG, PRT)]


def test_a_tool_with_a_gap_is_reported_whole() -> None:
    state = with_tool(output="one")
    builders.play(state, builders.LOST, builders.CONNECTED)
    left = builders.fetched(builders.answer_info(), builders.tool_info(output="one"))
    builders.play(
        state, builders.loaded(builders.history(left), statuses={SES: BUSY}), builders.delta("three", field="output")
    )
    assert builders.the_part(state).gap
    changes = builders.play(state, builders.part(builders.tool_info(output="onethree, four")))
    assert changes == [PartChanged(SES, MSG, PRT)]
    assert not builders.the_part(state).gap


def test_a_part_may_turn_into_another_kind() -> None:
    state = builders.streaming(builders.text("x", ended=True), builders.part(builders.tool_info()))
    assert builders.the_part(state).kind == "tool"


# ---- patches -----------------------------------------------------------------------------------------------------------


def test_a_patch_changes_what_it_names() -> None:
    state = builders.streaming(builders.delta("Hello"))
    assert builders.play(state, patched(ended=True, id="other", unheard=1)) == [PartChanged(SES, MSG, PRT)]
    part = builders.the_part(state)
    assert (part.id, part.text, part.ended) == (PRT, "Hello", True)


def test_a_patch_of_something_else_leaves_the_gap() -> None:
    state = with_tool()
    left = builders.fetched(builders.answer_info(), builders.tool_info())
    builders.play(
        state, builders.LOST, builders.CONNECTED, builders.loaded(builders.history(left), statuses={SES: BUSY})
    )
    builders.play(state, patched(title="Count"), builders.delta("two", field="output"))
    assert builders.the_part(state).gap
    builders.play(state, patched(title="Count all"))
    assert builders.the_part(state).gap
    builders.play(state, patched(output="one, two"))
    assert (builders.the_part(state).output, builders.the_part(state).gap) == ("one, two", False)


def test_a_patch_of_an_output_costs_only_what_is_new() -> None:
    state = with_tool(output="one")
    assert builders.play(state, patched(output="one, two")) == [TextAppended(SES, MSG, PRT, "output", ", two")]


def test_what_is_not_known_cannot_be_patched() -> None:
    state = builders.conversation(builders.answer())
    assert builders.play(state, patched(text="x")) == []


# ---- other parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "info", [FileInfo(PRT, url="file:///a"), NoteInfo(PRT, "retry", "Once more")], ids=["file", "note"]
)
def test_other_parts_are_stated_once_and_for_all(info: FileInfo | NoteInfo) -> None:
    state = builders.conversation(builders.busy(), builders.answer(), builders.part(info), builders.delta("x"))
    assert builders.the_part(state).info is info
    assert builders.the_part(state).ended
