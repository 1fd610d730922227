"""What the sessions of all instances took."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from opencode_widget.api.instance import Instance
from opencode_widget.api.totals import TotalUsage, total_usage
from opencode_widget.model.entities import Tokens
from opencode_widget.model.state import HistoryState, State

from ..model import builders
from ..model.builders import SES, answer, user
from ..support.scripts import say, script


def usage_of(*states: State) -> TotalUsage:
    runtimes: list[Any] = [
        SimpleNamespace(title=f"folder {number}", all_sessions=lambda state=state: list(state.sessions.values()))
        for number, state in enumerate(states)
    ]
    return total_usage(runtimes)


def a_session(**more: Any) -> State:
    return builders.conversation(user(), answer(at=1_000, completed=3_500, model="demo/fast", **more))


def test_a_row_is_a_session_with_the_totals_of_its_messages() -> None:
    found = usage_of(a_session(cost=0.25, tokens=Tokens(10, 20, 30, 40, 50)), a_session())
    assert (len(found), found.cost, found.tokens) == (2, 0.25, Tokens(10, 20, 30, 40, 50))
    first = next(item for item in found if item.instance == "folder 0")
    assert (first.session, first.model, first.steps, first.seconds) == (SES, "demo/fast", 1, 2.5)
    assert next(item for item in found if item.instance == "folder 1").cost is None
    assert repr(found) == "<Usage of 2 sessions: 50 tokens in, 20 out, $0.2500>"
    assert "$</span>0.2500" in found._repr_html_()


def test_of_a_session_without_messages_here_only_the_servers_totals_are_known() -> None:
    state = a_session(cost=0.25)
    session = state.sessions[SES]
    session.history_state = HistoryState.ABSENT
    (found,) = usage_of(state)
    assert (found.steps, found.seconds, found.model, found.cost) == (None, None, "", None)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_sessions_as_a_table(library: Any) -> None:
    frame = usage_of(a_session(cost=0.25)).to_frame(library)
    assert type(frame).__module__.startswith(library)
    assert list(frame.columns)[:4] == ["instance", "session", "title", "parent"]
    assert list(frame["cost"]) == [0.25]
    assert usage_of().to_frame(library).shape == (0, 15)


@pytest.mark.timeout(90)
async def test_the_sessions_of_a_real_server(instance: Instance) -> None:
    for name in ("One", "Two"):
        await (await instance.new_session(name)).ask(script(say(name)))
    found = list(total_usage([instance._runtime]))
    assert [item.title for item in found][::-1] == ["One", "Two"]
    assert [(item.steps, item.output > 0) for item in found] == [(1, True)] * 2, found
    assert abs(found[0].updated.timestamp() - datetime.now(UTC).timestamp()) < 120
