"""What the steps of a session took, as numbers and as a table of pandas or polars."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from opencode_widget.api import frames
from opencode_widget.api.session import Session
from opencode_widget.api.usage import Usage
from opencode_widget.errors import NotSupported
from opencode_widget.model.entities import Tokens
from opencode_widget.model.state import Message

from ..model.builders import answer, conversation, part, the_session, tool_info, user
from ..support.scripts import bash, say, script


def messages() -> list[Message]:
    state = conversation(
        user(),
        answer(
            at=1_000,
            completed=3_500,
            model="demo/fast",
            agent="build",
            cost=0.25,
            tokens=Tokens(10, 20, 30, 40, 50),
        ),
        part(tool_info()),
        answer("second", at=4_000),
    )
    return list(the_session(state).messages.values())


def test_a_step_is_a_message_of_an_agent() -> None:
    found = Usage(messages())
    first, second = found
    assert (first.time, first.seconds, first.tools) == (datetime.fromtimestamp(1, UTC), 2.5, "bash")
    assert (first.input, first.output, first.reasoning, first.cached, first.cache_write) == (10, 20, 30, 40, 50)
    assert (second.seconds, second.cost, second.input) == (None, None, 0)
    assert (len(found), found.cost, found.seconds, found.tokens) == (2, 0.25, 2.5, Tokens(10, 20, 30, 40, 50))
    assert repr(found) == "<Usage of 2 steps: 50 tokens in, 20 out, $0.2500, 2.5 s>"
    assert "demo/fast" in found._repr_html_()


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("given", [messages(), []])
def test_the_steps_as_a_table(library: Any, given: list[Message]) -> None:
    frame = Usage(given).to_frame(library)
    assert type(frame).__module__.startswith(library)
    assert frame.shape == (len(given) - 1 if given else 0, 11)
    assert list(frame.columns)[:4] == ["time", "model", "agent", "input"]
    if given:
        assert list(frame["input"]) == [10, 0]


def test_the_library_is_the_one_that_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = type("DataFrame", (), {"__init__": lambda self, columns, **more: None})
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setitem(sys.modules, "polars", module := ModuleType("polars"))
    module.DataFrame = frame  # type: ignore[attr-defined]
    assert isinstance(Usage([]).to_frame(), frame)


def test_without_a_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    with pytest.raises(NotSupported, match=r"pip install 'opencode_widget\[data\]'"):
        Usage([]).to_frame()
    with pytest.raises(ValueError, match="'numpy'"):
        Usage([]).to_frame("numpy")  # type: ignore[arg-type]


@pytest.mark.timeout(90)
async def test_a_session_has_its_usage(session: Session) -> None:
    with session.allow_all():
        await session.ask(script(bash("echo hello"), say("Done.")))
    steps = list(session.usage)
    assert [step.tools for step in steps] == ["bash", ""]
    assert all(step.seconds is not None and step.seconds >= 0 and step.model for step in steps)
    assert abs(steps[0].time.timestamp() - datetime.now(UTC).timestamp()) < 120
