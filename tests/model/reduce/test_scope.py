"""Which events of a stream of every folder concern an instance."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.reduce.scope import concerns
from opencode_widget.model.state import State

from .. import builders

ELSEWHERE = "/worktree"


def sent(event: e.Event, directory: str | None = ELSEWHERE) -> Decoded:
    return Decoded((event,), event.type, directory)


@pytest.mark.parametrize("directory", [None, builders.DIRECTORY])
def test_what_is_of_this_folder_or_of_none_concerns_us(directory: str | None) -> None:
    assert concerns(builders.empty(), sent(builders.session(), directory))


def test_everything_concerns_one_who_does_not_know_his_folder() -> None:
    assert concerns(State(), sent(builders.session()))


@pytest.mark.parametrize(
    "event", [builders.session("theirs"), builders.busy("theirs"), builders.errored(session=None), e.Heartbeat()]
)
def test_what_is_of_another_folder_does_not_concern_us(event: e.Event) -> None:
    assert not concerns(builders.conversation(), sent(event))


def test_a_sub_agent_in_another_folder_is_ours_from_its_birth() -> None:
    state = builders.conversation()
    birth = builders.born("child", parent=builders.SES, directory=ELSEWHERE)
    assert concerns(state, sent(birth))
    builders.play(state, birth)
    for event in (
        builders.busy("child"),
        builders.answer(session="child"),
        builders.errored(session="child"),
        builders.asked(session="child"),
    ):
        assert concerns(state, sent(event))


def test_a_sub_agent_born_in_another_folder_while_we_fetch_is_ours() -> None:
    state = builders.conversation()
    births = (
        builders.born("child", parent=builders.SES, directory=ELSEWHERE),
        builders.born("grandchild", parent="child", directory=ELSEWHERE),
    )
    first = builders.answer(session="grandchild")
    builders.play(state, builders.CONNECTED)
    for event in (*births, first):
        assert concerns(state, sent(event))
        builders.play(state, event)
    builders.play(state, builders.loaded())
    assert builders.texts(state, "grandchild") == {"msg": ""}
