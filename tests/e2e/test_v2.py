"""OpenCode 2.x in the page: its real runtime inside 1.18, and a fake 2.1 server, which speaks the final spelling."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.support.scripts import ask, bash, delegate, gate, say, script, think, tokens, tool
from tests.support.servers.proxy import Proxy
from tests.support.servers.real import RealServer
from tests.support.v2.events import FORM
from tests.support.v2.fake import FakeServerV2
from tests.support.v2_preview import live as v2_preview_live
from tests.support.wait import eventually

from .harness.lab_browser import IMPORT, SPEAK, TWO, LabBrowser, Shown
from .harness.widget import Widget

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

LIVE, FAKE = "1.18.33's /api", "2.1, a fake"


@dataclass
class Two:
    """A widget that speaks 2.x, through a proxy that can cut the connection."""

    widget: Shown
    proxy: Proxy
    gates: Demo | FakeServerV2

    async def open(self, gate: str) -> None:
        """Open the gate at which the model waits."""
        if isinstance(self.gates, FakeServerV2):
            self.gates.open(gate)
        else:
            await self.gates.open(gate)


@pytest.fixture(params=[LIVE, FAKE])
def where(request: pytest.FixtureRequest) -> str:
    """The protocol that the widget speaks."""
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def fake() -> AsyncIterator[FakeServerV2]:
    async with FakeServerV2() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def two(
    where: str, lab_browser: LabBrowser, server: RealServer, fake: FakeServerV2, project: Path, model: Demo
) -> AsyncIterator[Two]:
    async with Proxy(server.url if where == LIVE else fake.url) as proxy:
        if where == LIVE:
            v2_preview_live.prepare(project, model)
            call = f"OpenCode({str(project)!r}, url={proxy.url!r}, password={server.password!r})"
            notebook = await lab_browser.open(f"{IMPORT}{SPEAK[TWO]}oc = {call}\noc")
        else:
            notebook = await lab_browser.open(f"{IMPORT}oc = OpenCode(url={proxy.url!r})\noc")
        await notebook.run(0)
        widget = Shown(notebook)
        await widget.connected()
        yield Two(widget, proxy, model if where == LIVE else fake)


async def test_an_answer_streams_and_the_status_names_the_version(two: Two, where: str) -> None:
    widget, door = two.widget, f"first of {where}"
    await widget.send(script(think("Where are they?"), say("In the "), gate(door), say("meadow.")))
    await expect(widget.answers.first).to_contain_text("In the")
    await expect(widget.answers.first).not_to_contain_text("meadow")
    await two.open(door)
    await expect(widget.answers.first).to_contain_text("meadow.")
    await widget.idle()
    await widget.answers.first.get_by_text(re.compile("^Think|^Thought")).click()
    await expect(widget.answers.first).to_contain_text("Where are they?")
    version = widget.root.get_by_text("OpenCode 1.18.33 /api" if where == LIVE else "OpenCode 2.1.0")
    await expect(version).to_have_attribute("title", re.compile("OpenCode 2.x"))
    assert "OpenCode 2.x" in await widget.python("oc.instances[0].dialect")


async def test_a_tool_runs_with_leave_and_another_without(two: Two) -> None:
    widget = two.widget
    await widget.send(script(bash("echo a wolf"), say("It howls.")))
    await expect(widget.requests).to_contain_text("echo a wolf")
    await widget.button("Allow once").click()
    await expect(widget.requests).to_have_count(0)
    await expect(widget.answers.last).to_contain_text("It howls.")
    await widget.send(script(bash("touch should-not-be"), say("Never said.")))
    await widget.button("Reject").click()
    await expect(widget.requests).to_have_count(0)
    await widget.idle()


async def test_a_question_is_answered(two: Two) -> None:
    widget = two.widget
    await widget.send(script(ask("Which sheep?", "Black", "White"), say("Chosen.")))
    await widget.requests.get_by_label("Black").check()
    await widget.button("Submit").click()
    await expect(widget.requests).to_have_count(0)
    await expect(widget.answers.last).to_contain_text("Chosen.")


async def test_a_turn_is_stopped_and_another_follows(two: Two) -> None:
    widget = two.widget
    await widget.send(script(tokens(3000, 0.02)))
    await expect(widget.answers).to_contain_text("t000010")
    await widget.button("Stop").click()
    await widget.idle()
    await expect(widget.answers.last).to_contain_text("Stopped")
    await expect(widget.answers.last).to_contain_text("t000010")
    await widget.send(script(say("Ready again.")))
    await expect(widget.answers.last).to_contain_text("Ready again.")


async def test_a_prompt_steers_or_is_queued(two: Two, where: str) -> None:
    widget, door = two.widget, f"second of {where}"
    await widget.send(script(say("One."), gate(door), tool("glob", pattern="*"), say("Two.")))
    await expect(widget.answers).to_contain_text("One.")
    await expect(widget.prompt).to_have_attribute("placeholder", re.compile("^Add to this reply"))
    await widget.prompt.fill("And last: " + script(say("Queued.")))
    await widget.button("Queue").click()
    await expect(widget.asked.nth(1)).to_contain_text("sent after this reply")
    await widget.prompt.fill("And now: " + script(say("Steered.")))
    await widget.prompt.press("Enter")
    await expect(widget.asked.nth(2)).to_contain_text("read at the next step")
    await two.open(door)
    await widget.idle()
    await expect(widget.asked.nth(1)).to_contain_text("And now")
    await expect(widget.asked.nth(2)).to_contain_text("And last")
    await expect(widget.log).not_to_contain_text("sent after")


async def test_what_was_missed_is_there_after_a_cut_and_after_a_reload(two: Two, where: str) -> None:
    widget, door = two.widget, f"third of {where}"
    await widget.send(script(tokens(20), gate(door), tokens(200, start=21), bash("echo hi"), say("End.")))
    await expect(widget.answers).to_contain_text("t000020")
    await two.proxy.refuse()
    await expect(widget.connection).to_contain_text("Reconnecting")
    await two.open(door)
    await two.proxy.resume()
    await widget.connected()
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("End.")
    await widget.idle()
    await expect(widget.log).not_to_contain_text("missing")
    events = await widget.answers.all_inner_texts()
    assert re.findall(r"t\d{6}", events[0]) == [f"t{number:06d}" for number in range(1, 221)]
    await widget.notebook.reload()
    await expect(widget.answers.last).to_contain_text("End.")
    assert without_times(await widget.answers.all_inner_texts()) == without_times(events)


def without_times(texts: list[str]) -> list[str]:
    """The texts without durations: how long a tool waited for the user is known to the page that saw it alone."""
    return [re.sub(r"\s*\b\d+(\.\d+)? s\b", "", text) for text in texts]


# ---- what the runtime inside 1.18 lacks -------------------------------------------------------------------------------

fake_only = pytest.mark.parametrize("where", [FAKE], indirect=False)


@fake_only
async def test_a_tool_s_input_is_seen_while_it_is_written(two: Two, fake: FakeServerV2) -> None:
    widget = two.widget
    await widget.send(script({**tool("write", filePath="sheep.py", content="count = 1\n" * 9), "hold": "pen"}))
    await expect(widget.answers).to_contain_text("sheep.py")
    await expect(widget.answers).not_to_contain_text("done")
    fake.open("pen")
    await widget.idle()


@fake_only
async def test_a_sub_agent_has_a_tab_of_its_own(two: Two) -> None:
    widget = two.widget
    await widget.send(script(delegate(script(say("A lamb bleats.")), "Look for lambs"), say("Heard.")))
    await expect(widget.answers.last).to_contain_text("Heard.")
    await widget.session("Look for lambs").click()
    await expect(widget.answers).to_contain_text("A lamb bleats.")


@fake_only
async def test_a_form_with_every_kind_of_field_is_filled_in(two: Two, fake: FakeServerV2) -> None:
    widget = two.widget
    await widget.send(script(tool("question", fields=FORM["fields"]), say("Deployed.")))
    form = widget.requests.get_by_role("form", name="Question")
    await widget.button("Submit").click()
    await expect(form.get_by_role("textbox", name="Name")).to_be_focused()
    await expect(form).to_contain_text("Enter an answer.")
    assert fake.answers == []
    await form.get_by_role("textbox", name="Name").fill("Shop")
    await form.get_by_role("radio", name="Large").check()
    await form.get_by_role("spinbutton", name="cpus").fill("9")
    await form.get_by_role("spinbutton", name="How many?").fill("3")
    await expect(form.get_by_role("textbox", name="host")).to_have_count(0)
    await form.get_by_role("checkbox", name="public").check()
    await form.get_by_role("textbox", name="host").fill("example.org")
    await form.get_by_role("checkbox", name="US").check()
    await expect(form.get_by_role("link", name="Open example.org")).to_have_attribute("rel", "noopener noreferrer")
    await widget.button("Submit").click()
    await expect(form).to_contain_text("It must be between 0.5 and 8.")
    await form.get_by_role("spinbutton", name="cpus").fill("2.5")
    await form.get_by_role("textbox", name="Name").press("Enter")
    await expect(widget.answers.last).to_contain_text("Deployed.")
    (sent,) = fake.answers
    wanted = {"name": "Shop", "size": "l", "cpus": 2.5, "replicas": 3, "public": True, "host": "example.org"}
    assert sent["answer"] == {**wanted, "zones": ["eu", "us"], "login": True}


@fake_only
async def test_a_prompt_that_waits_is_changed_and_taken_back(two: Two, fake: FakeServerV2) -> None:
    widget = two.widget
    await widget.send(script(say("One."), gate("door"), say("Two.")))
    await expect(widget.answers).to_contain_text("One.")
    for words in ("First thought", "Second thought"):
        await widget.prompt.fill(words)
        await widget.button("Queue").click()
        await expect(waiting(widget, words)).to_be_visible()
    await waiting(widget, "First thought").get_by_role("button", name="Remove").click()
    await expect(waiting(widget, "First thought")).to_have_count(0)
    await waiting(widget, "Second thought").get_by_role("button", name="Send at next step").click()
    await expect(waiting(widget, "Second thought")).to_contain_text("read at the next step")
    await waiting(widget, "Second thought").get_by_role("button", name="Edit").click()
    await widget.root.get_by_role("textbox", name="Queued prompt").fill("Third thought")
    await widget.button("Save").click()
    await expect(waiting(widget, "Third thought")).to_be_visible()
    await expect(waiting(widget, "Second thought")).to_have_count(0)
    fake.open("door")
    await expect(widget.answers.last).to_contain_text("Third thought")
    await widget.idle()


def waiting(widget: Widget, words: str) -> Locator:
    """Return the queued prompts that contain these words."""
    return widget.asked.filter(has_text=words)


@fake_only
async def test_after_a_cut_the_log_is_read_from_where_it_was(two: Two, fake: FakeServerV2) -> None:
    widget = two.widget
    fake.keeps_log = True
    await widget.send(script(say("One.")))
    await expect(widget.answers).to_contain_text("One.")
    await widget.idle()
    (session,) = fake.sessions
    fetched = len(fake.seen("GET", f"/api/session/{session}/message"))
    await two.proxy.refuse()
    await expect(widget.connection).to_contain_text("Reconnecting")
    await two.proxy.resume()
    await widget.connected()
    await eventually(lambda: fake.seen("GET", f"/api/experimental/session/{session}/log"), what="the log")
    assert len(fake.seen("GET", f"/api/session/{session}/message")) == fetched
