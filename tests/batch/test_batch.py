"""Many prompts at once, on a real server: rows, failures, stop and resume, folders, and who is asked."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from opencode_widget import AnswerTimeout, BadBatch, Closed, OpenCode, SessionFailed, UnknownName
from opencode_widget.demo import Demo

from ..support.scripts import ask, bash, delegate, fail, gate, say, script
from ..support.servers.real import RealServer
from ..support.wait import eventually, eventually_async

pytestmark = pytest.mark.timeout(120)
MODELS = ["demo/scripted", "demo/dear"]


def hello(name: str) -> str:
    return script(say(f"Hello {name}."))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A request that nobody sees is a warning in the log."""
    with caplog.at_level(logging.CRITICAL, "opencode_widget"):
        yield


# ---- rows -------------------------------------------------------------------------------------------------------------


async def test_each_prompt_goes_to_each_model_in_a_session_of_its_own(oc: OpenCode) -> None:
    table = await oc.batch([hello("a"), hello("b")], models=MODELS, repeat=2, progress=False)
    assert [(row.text, row.model, row.repeat) for row in table] == [
        (f"Hello {name}.", model, repeat) for name in "ab" for model in MODELS for repeat in (1, 2)
    ]
    assert len({row.session for row in table}) == len(table) == 8
    assert {row.session for row in table} <= {session.id for session in oc.sessions}
    assert all(row.error is None and row.seconds > 0 and row.tokens == row.input + row.output > 0 for row in table)
    assert all((row.cost or 0) > 0 for row in table if row.model == "demo/dear")
    assert oc.active_session is None  # the user's selection stays


async def test_a_row_counts_what_its_sub_agents_took(oc: OpenCode) -> None:
    oc.on_permission(lambda permission: "once")
    inner = script(bash("echo inner"), say("Found it."))
    table = await oc.batch([script(delegate(inner), say("It was found."))], models="demo/dear", progress=False)
    (row,) = table
    mine = oc.instances[0].session(str(row.session))
    (child,) = mine.children
    await child.load()
    assert (row.text, row.tools, row.error) == ("It was found.", "task, bash", None)
    assert row.cost == pytest.approx(mine.usage.cost + child.usage.cost)
    assert child.usage.cost > 0
    assert row.tokens == sum(step.input + step.cached + step.output for step in (*mine.usage, *child.usage))


async def test_the_table_says_once_how_the_batch_ended(oc: OpenCode) -> None:
    table = await oc.batch([hello("a"), script(fail(400, "On strike"))], models="demo/dear", progress=False)
    assert table.seconds > 0
    title = f"BatchTable of 2 rows, 1 failed: {table.seconds:.1f} s, {table.tokens:,} tokens, ${table.cost:.4f}"
    assert repr(table) == f"<{title}>"
    assert table._repr_html_().count(title.partition("$")[0]) == 1
    free = await oc.batch([hello("a")], progress=False)
    assert "$" not in repr(free)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
async def test_a_table_comes_back_as_a_table_of_its_library(oc: OpenCode, kind: type) -> None:
    given = kind(
        {
            "prompt": [hello("a"), hello("b")],
            "model": ["demo/dear", None],
            "agent": ["plan", None],
            "city": ["Ulm", "Bonn"],
        }
    )
    frame = (await oc.batch(given, progress=False)).to_frame()
    assert type(frame) is kind
    assert [*map(list, (frame["city"], frame["text"], frame["model"], frame["agent"]))] == [
        ["Ulm", "Bonn"],
        ["Hello a.", "Hello b."],
        ["demo/dear", "demo/scripted"],
        ["plan", "build"],
    ]


async def test_no_more_turns_run_at_once_than_wanted(oc: OpenCode, model: Demo) -> None:
    prompts = [script(gate(f"wide-{number}"), say(str(number))) for number in range(4)]
    task = asyncio.create_task(oc.batch(prompts, concurrency=2, progress=False))
    await eventually_async(lambda: waiting(model, "wide-0", "wide-1"))
    assert len(oc.sessions) == 2
    for number in range(4):
        await model.open(f"wide-{number}")
    assert [row.text for row in await task] == ["0", "1", "2", "3"]


async def waiting(model: Demo, *gates: str) -> bool:
    return set(gates) <= set(await model.waiting())


async def test_files_and_objects_go_with_each_prompt(oc: OpenCode, project: Path) -> None:
    prompts = [script(say("{prompt}"), title=name) for name in "ab"]
    table = await oc.batch(prompts, files=[project / "sheep.py"], attach=[{"depth": 3}], progress=False)
    assert all("def count" in row.text and "depth" in row.text for row in table)


# ---- failures ---------------------------------------------------------------------------------------------------------


async def test_an_error_stands_in_its_row(oc: OpenCode) -> None:
    table = await oc.batch([hello("a"), script(fail(400, "On strike")), hello("b")], progress=False)
    assert [row.text for row in table] == ["Hello a.", "", "Hello b."]
    (failed,) = table.failed
    assert failed is table[1]
    assert "On strike" in str(failed.error)
    assert failed.session is not None


async def test_raise_stops_the_batch(oc: OpenCode, tmp_path: Path) -> None:
    prompts = [script(fail(400, "On strike")), script(gate("for-ever"), say("Too late"))]
    with pytest.raises(SessionFailed, match="On strike"):
        await oc.batch(prompts, on_error="raise", concurrency=2, progress=False, journal=tmp_path / "j")
    await eventually(lambda: all(session.status == "idle" for session in oc.sessions))
    (line,) = (tmp_path / "j").read_text().splitlines()
    assert "On strike" in json.loads(line)["error"]


async def test_a_time_limit_stops_the_turn_of_its_row(oc: OpenCode) -> None:
    table = await oc.batch([script(say("So far. "), gate("limit"), say("Late")), hello("a")], timeout=3, progress=False)
    assert "did not end within 3 s, and was stopped" in str(table[0].error)
    assert table[0].text.startswith("So far.")
    assert table[1].text == "Hello a."
    await eventually(lambda: all(session.status == "idle" for session in oc.sessions))
    with pytest.raises(AnswerTimeout):
        await oc.batch([script(gate("limit"))], timeout=1, on_error="raise", progress=False)


@pytest.mark.parametrize("wish", [bash("echo sheep"), ask("Which?", "This", "That")])
async def test_what_an_agent_asks_for_is_rejected_where_nobody_sees_it(oc: OpenCode, wish: dict[str, object]) -> None:
    table = await oc.batch([script(wish, say("Done without."))], progress=False, timeout=60)
    assert not oc.pending
    assert "sheep\n" not in table[0].text
    stopped = await oc.batch([script(wish, say("Done without."))], progress=False, timeout=60, unattended="raise")
    assert "nobody can see that" in str(stopped[0].error)
    await eventually(lambda: all(session.status == "idle" for session in oc.sessions))


async def test_a_policy_answers_first(oc: OpenCode) -> None:
    oc.on_permission(lambda permission: "once")
    table = await oc.batch([script(bash("echo sheep"), say("{result}"))], progress=False)
    assert ("sheep" in table[0].text, table[0].tools, table[0].error) == (True, "bash", None)


# ---- stop and resume --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("background", [False, True])
async def test_the_pages_see_how_far_a_batch_is_and_stop_it(
    server: RealServer, project: Path, model: Demo, tmp_path: Path, *, background: bool
) -> None:
    oc = OpenCode(url=server.url, password=server.password, directory=str(project), background=background)
    await oc.ready()
    journal, gated = tmp_path / "answers.jsonl", f"strip-{background}"
    prompts = [hello("a"), script(gate(gated), say("Hello b.")), hello("c")]
    task = asyncio.create_task(oc.batch(prompts, journal=journal, concurrency=1, progress=False))
    await eventually_async(lambda: waiting(model, gated))
    (view,) = oc._manager.outbox.snapshot().get("batches") or []
    assert (view["total"], view["done"], view["failed"]) == (3, 1, 0)
    command = {"page": "p", "type": "command", "id": 1, "name": "stop_batch", "args": {"batch": view["id"]}}
    oc._manager.home.call(oc._commands.receive, command)
    with pytest.raises(asyncio.CancelledError, match="stopped in the widget"):
        await task
    assert await model.waiting() == []  # the server has stopped the turn
    assert [json.loads(line)["text"] for line in journal.read_text().splitlines()] == ["Hello a."]
    await eventually(lambda: "batches" not in oc._manager.outbox.snapshot())
    await oc.close()


async def test_a_batch_that_was_stopped_goes_on_where_it_was(oc: OpenCode, model: Demo, tmp_path: Path) -> None:
    journal = tmp_path / "answers.jsonl"
    prompts = [hello("a"), script(gate("resume"), say("Hello b.")), hello("c")]
    task = asyncio.create_task(oc.batch(prompts, journal=journal, concurrency=1, progress=False))
    await eventually_async(lambda: waiting(model, "resume"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(stopped := await model.waiting()) == 0, stopped  # the server has stopped the turn
    assert [json.loads(line)["text"] for line in journal.read_text().splitlines()] == ["Hello a."]
    before = {session.id for session in oc.sessions}
    await model.open("resume")
    table = await oc.batch(prompts, journal=journal, progress=False)
    assert [row.text for row in table] == ["Hello a.", "Hello b.", "Hello c."]
    assert table[0].session in before
    assert {row.session for row in table[1:]}.isdisjoint(before)
    made = {session.id for session in oc.sessions}
    again = await oc.batch(prompts, journal=journal, progress=False)
    assert [row.session for row in again] == [row.session for row in table]
    assert {session.id for session in oc.sessions} == made


async def test_what_failed_is_asked_again(oc: OpenCode, tmp_path: Path) -> None:
    prompts = [hello("a"), script(fail(400, "On strike", times=1), say("At work."))]
    first = await oc.batch(prompts, journal=tmp_path / "j", progress=False)
    assert len(first.failed) == 1
    again = await oc.batch(prompts, journal=tmp_path / "j", progress=False)
    assert [row.text for row in again] == ["Hello a.", "At work."]
    assert again[0].session == first[0].session


async def test_the_journal_of_another_batch_is_refused(oc: OpenCode, tmp_path: Path) -> None:
    await oc.batch([hello("a")], journal=tmp_path / "j", progress=False)
    before = len(oc.sessions)
    with pytest.raises(BadBatch, match="is of another batch"):
        await oc.batch([hello("b")], journal=tmp_path / "j", progress=False)
    assert len(oc.sessions) == before


async def test_a_widget_that_is_closed_ends_the_batch(oc: OpenCode, model: Demo) -> None:
    task = asyncio.create_task(oc.batch([script(gate("closed"))] * 3, concurrency=1, progress=False))
    await eventually_async(lambda: waiting(model, "closed"))
    await oc.close()
    with pytest.raises(Closed):
        await task


# ---- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompts", "more", "words"),
    [
        ([], {}, "has no rows"),
        (["a"], {"models": ["demo/scirpted"]}, "Did you mean demo/scripted"),
        (["a"], {"agents": ["bulid"]}, "Did you mean build"),
        ([{"prompt": "a", "model": "demo/none"}], {}, "no model 'demo/none'"),
        (["a"], {"repeat": 0}, "repeat is a whole number"),
        (["a"], {"folder": ["/x", "/y"]}, "2 folders for 1 rows"),
    ],
)
async def test_what_cannot_be_run_is_refused_and_nothing_is_sent(
    oc: OpenCode, prompts: list[object], more: dict[str, object], words: str
) -> None:
    with pytest.raises(BadBatch, match=words):
        await oc.batch(prompts, progress=False, **more)  # type: ignore[arg-type]
    assert oc.sessions == []


# ---- folders ----------------------------------------------------------------------------------------------------------


async def test_each_row_has_its_folder(oc: OpenCode, project: Path, tmp_path: Path) -> None:
    (other := tmp_path / "other").mkdir()
    rows = [{"prompt": script(say("{directory}")), "folder": folder} for folder in (other, None, other)]
    table = await oc.batch(rows, progress=False)
    assert [row.text for row in table] == [str(other), str(project), str(other)]
    assert [row.folder for row in table] == [str(other), None, str(other)]
    assert len(oc.instances) == 1  # those of the batch are closed
    assert [row.text for row in await oc.batch([script(say("{directory}"))], folder=other, progress=False)] == [
        str(other)
    ]


# ---- one prompt -------------------------------------------------------------------------------------------------------


async def test_one_prompt_is_compared(oc: OpenCode) -> None:
    table = await oc.compare(hello("you"), models=MODELS, progress=False)
    assert [row.model for row in table] == MODELS
    html = table._repr_html_()
    assert "demo/scripted" in html
    assert "demo/dear" in html
    assert html.count("Hello you.") == 3  # in the prompt, and in each answer


async def test_a_comparison_takes_names_and_refuses_nonsense(oc: OpenCode) -> None:
    with pytest.raises(UnknownName, match="gone"):
        await oc.compare("See @var:gone")
    with pytest.raises(ValueError, match="The prompt is empty"):
        await oc.compare(" ")
    with pytest.raises(TypeError, match="A prompt is a str"):
        await oc.compare(["a", "b"])  # type: ignore[arg-type]
    assert oc.sessions == []
