"""The output of running shells, which the server gives only to whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import pytest_asyncio

from opencode_widget.errors import ConnectionFailed
from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, ToolState
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from opencode_widget.server.api import Client
from opencode_widget.sync.access import Access
from opencode_widget.sync.stream import live_output
from opencode_widget.sync.stream.live_output import LiveOutput

from ...model import builders
from ...model.builders import SES
from ...support.wait import eventually

RUNS = builders.tool_info(shell="sh")
DONE = builders.tool_info(ToolState.COMPLETED, shell="sh", output="all of it")


@dataclass
class Shell:
    """A client whose shell wrote this; None: its output cannot be had."""

    written: str | None = ""
    failing: bool = False
    cursors: list[int] = field(default_factory=list)
    answering: asyncio.Event | None = None

    async def shell_output(self, _shell: str, cursor: int) -> tuple[str, int] | None:
        self.cursors.append(cursor)
        written = self.written
        if self.answering is not None:
            await self.answering.wait()
        if self.failing:
            raise ConnectionFailed("Gone.")
        return None if written is None else (written[cursor:], len(written))


@dataclass
class Live:
    """Whether the state is true."""

    is_live: bool = True


@dataclass
class Reader:
    """A session in which a tool runs, and what reads its output."""

    state: State
    client: Shell
    live: Live

    def __post_init__(self) -> None:
        self.events: list[str] = []
        self.reader = LiveOutput(self.state, self.play, cast("Access", self.live), lambda: [SES, "gone"])

    def play(self, event: e.Event) -> None:
        self.events.append(type(event).__name__)
        apply(self.state, event)
        if type(event) in live_output.BRINGS_PARTS:
            self.reader.look_at(event)

    @property
    def output(self) -> str:
        return builders.the_part(self.state).output

    async def asked(self, times: int) -> None:
        await eventually(lambda: len(self.client.cursors) >= times, what=f"question {times}")


@pytest_asyncio.fixture
async def reader(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    monkeypatch.setattr(live_output, "INTERVAL", 0.01)
    made = Reader(builders.conversation(builders.busy(), builders.answer()), Shell(), Live())
    task = asyncio.create_task(made.reader.keep_reading(cast("Client", made.client)))
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_it_writes_is_asked_for_from_where_the_last_answer_ended(reader: Reader) -> None:
    reader.play(builders.part(RUNS))
    await reader.asked(1)
    reader.client.written = "one\n"
    await eventually(lambda: reader.output == "one\n")
    reader.client.written += "two\n"
    await eventually(lambda: reader.output == "one\ntwo\n")
    await reader.asked(len(reader.client.cursors) + 2)
    assert sorted(set(reader.client.cursors)) == [0, 4, 8]
    assert reader.events == ["PartUpserted", "PartDelta", "PartDelta"]


async def test_after_a_cut_the_output_is_stated_whole_and_has_no_gap(reader: Reader) -> None:
    reader.play(builders.part(RUNS))
    reader.client.written = "one\n"
    await eventually(lambda: reader.output == "one\n")
    reader.play(builders.LOST)
    reader.play(builders.CONNECTED)
    known = builders.fetched(builders.answer_info(), RUNS)
    reader.play(builders.loaded(builders.history(known), statuses={SES: BUSY}))
    reader.client.written += "two\n"
    await eventually(lambda: reader.output == "one\ntwo\n")
    assert not builders.the_part(reader.state).gap
    assert reader.events[-1] == "PartPatched"


async def test_it_is_asked_for_until_the_tool_ends(reader: Reader) -> None:
    reader.play(builders.part(RUNS))
    await reader.asked(2)
    reader.play(builders.part(DONE))
    await asyncio.sleep(0.05)
    before = len(reader.client.cursors)
    await asyncio.sleep(0.05)
    assert (len(reader.client.cursors), reader.output) == (before, "all of it")


@pytest.mark.parametrize("change", [builders.part(DONE), builders.gone(), builders.loading()])
async def test_an_answer_that_comes_too_late_is_dropped(reader: Reader, change: e.Event) -> None:
    reader.client.written, reader.client.answering = "late", asyncio.Event()
    reader.play(builders.part(RUNS))
    await reader.asked(1)
    reader.play(change)
    reader.client.answering.set()
    await asyncio.sleep(0.05)
    texts = [part.output for message in builders.the_session(reader.state) for part in message.parts]
    assert "late" not in texts
    assert not builders.the_session(reader.state).buffered


async def test_while_the_state_is_fetched_nothing_is_taken_and_then_all(reader: Reader) -> None:
    reader.live.is_live, reader.client.written = False, "words"
    reader.play(builders.part(RUNS))
    await reader.asked(2)
    assert reader.output == ""
    reader.live.is_live = True
    await eventually(lambda: reader.output == "words")


async def test_a_failure_is_no_end(reader: Reader) -> None:
    reader.client.failing, reader.client.written = True, "words"
    reader.play(builders.part(RUNS))
    await reader.asked(2)
    reader.client.failing = False
    await eventually(lambda: reader.output == "words")


@pytest.mark.parametrize("written", [None, "x" * 20])
async def test_what_cannot_be_had_or_is_too_much_is_not_asked_for_again(
    reader: Reader, written: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_output, "MOST", 10)
    reader.client.written = written
    reader.play(builders.part(RUNS))
    await reader.asked(1)
    await asyncio.sleep(0.05)
    reader.play(builders.part(RUNS))
    await asyncio.sleep(0.05)
    assert len(reader.client.cursors) == 1


@pytest.mark.parametrize(
    "event", [builders.part(builders.tool_info()), builders.text("words"), builders.part(DONE), builders.loaded()]
)
async def test_nothing_is_asked_where_no_shell_runs(reader: Reader, event: Any) -> None:
    reader.play(event)
    await asyncio.sleep(0.05)
    assert reader.client.cursors == []
