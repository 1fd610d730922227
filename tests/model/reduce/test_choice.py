"""The agent and the model of a session whose server does not state them."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import SessionChanged
from opencode_widget.model.state import State

from .. import builders as b


def chosen(state: State) -> tuple[str | None, str | None, str | None]:
    info = b.the_session(state).info
    return (info.agent, info.model, info.variant)


PLAN = {"agent": "plan", "model": "scripted/m2"}


def test_they_are_those_of_the_newest_prompt() -> None:
    state = b.conversation(b.user("u1", at=1, agent="build", model="scripted/m"))
    assert chosen(state) == ("build", "scripted/m", None)
    changes = b.play(state, b.user("u2", at=3, variant="high", **PLAN))
    assert chosen(state) == ("plan", "scripted/m2", "high")
    assert b.reported(changes, SessionChanged(b.SES))
    b.play(state, b.answer("a2", at=4, agent="sub", model="other/x"))
    assert chosen(state) == ("plan", "scripted/m2", "high"), "an answer of a sub-agent chooses nothing"
    b.play(state, b.gone("u2"))
    assert chosen(state) == ("build", "scripted/m", None)


def test_without_a_prompt_that_names_one_they_are_those_of_the_newest_answer_but_no_summary() -> None:
    state = b.conversation(
        b.user("u1", at=1), b.answer("a1", at=2, **PLAN), b.answer("a2", at=3, summary=True, agent="c")
    )
    assert chosen(state) == ("plan", "scripted/m2", None)


@pytest.mark.parametrize(
    "later", [b.session(title="Renamed"), b.loaded(b.history(b.fetched(b.user_info("u1", **PLAN))))]
)
def test_a_statement_of_the_session_without_them_does_not_take_them_away(later: e.Event) -> None:
    state = b.conversation(b.user("u1", **PLAN))
    b.play(state, *([e.Connected()] if isinstance(later, e.Loaded) else []), later)
    assert chosen(state) == ("plan", "scripted/m2", None)


def test_they_are_found_in_fetched_messages() -> None:
    state = b.live(b.empty())
    b.play(state, b.session(), b.loading(), b.history_loaded(b.fetched(b.user_info("u1", **PLAN))))
    assert chosen(state) == ("plan", "scripted/m2", None)


def test_what_the_server_states_counts() -> None:
    state = b.conversation(b.session(agent="build", model="scripted/m"), b.user("u1", **PLAN))
    assert chosen(state) == ("build", "scripted/m", None)
    assert b.the_session(state).inferred is None
    state = b.conversation(
        b.user("u1", **PLAN), b.session(agent="build", model="scripted/m"), b.user("u2", at=3, **PLAN)
    )
    assert chosen(state) == ("build", "scripted/m", None)


def test_a_prompt_on_its_way_chooses_nothing_yet() -> None:
    state = b.conversation(b.user("u1", agent="build", model="scripted/m"), b.prompt(agent="plan", model="scripted/m2"))
    b.play(state, b.session(title="Renamed"))
    assert chosen(state) == ("build", "scripted/m", None)


def test_an_event_of_an_unknown_session_changes_nothing() -> None:
    assert apply(b.live(b.empty()), b.user("u1", session="other", **PLAN)) == []
