"""Which events of a stream of every folder concern an instance."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.reduce.scope import concerns
from opencode_widget.model.state import State

from .. import builders as make

ELSEWHERE = "/worktree"


def said(event: e.Event, directory: str | None = ELSEWHERE) -> Decoded:
    return Decoded((event,), event.type, directory)


@pytest.mark.parametrize("directory", [None, make.DIRECTORY])
def test_what_is_of_this_folder_or_of_none_concerns_us(directory: str | None) -> None:
    assert concerns(make.empty(), said(make.session(), directory))


def test_everything_concerns_one_who_does_not_know_his_folder() -> None:
    assert concerns(State(), said(make.session()))


@pytest.mark.parametrize(
    "event", [make.session("theirs"), make.busy("theirs"), make.errored(session=None), e.Heartbeat()]
)
def test_what_is_of_another_folder_does_not_concern_us(event: e.Event) -> None:
    assert not concerns(make.conversation(), said(event))


def test_a_sub_agent_in_another_folder_is_ours_from_its_birth() -> None:
    state = make.conversation()
    birth = make.born("child", parent=make.SES, directory=ELSEWHERE)
    assert concerns(state, said(birth))
    make.play(state, birth)
    for event in (
        make.busy("child"),
        make.answer(session="child"),
        make.errored(session="child"),
        make.asked(session="child"),
    ):
        assert concerns(state, said(event))


def test_a_sub_agent_born_in_another_folder_while_we_fetch_is_ours() -> None:
    state = make.conversation()
    births = (
        make.born("child", parent=make.SES, directory=ELSEWHERE),
        make.born("grandchild", parent="child", directory=ELSEWHERE),
    )
    first = make.answer(session="grandchild")
    make.play(state, make.CONNECTED)
    for event in (*births, first):
        assert concerns(state, said(event))
        make.play(state, event)
    make.play(state, make.loaded())
    assert make.texts(state, "grandchild") == {"msg": ""}
