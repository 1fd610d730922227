"""A prompt and its answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.support.scripts import ask, bash, fail, gate, say, script, think, tokens, tool
from tests.support.servers.proxy import Proxy
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, attaches, starts

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


@pytest.mark.over_two
async def test_a_cell_shows_the_widget_and_it_connects_by_itself(lab_browser: LabBrowser, project: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await expect(widget.instance("project")).to_have_attribute("aria-selected", "true")
    await widget.connected()
    await expect(widget.prompt).to_be_visible()
    assert await widget.python("print(oc)") == "<OpenCode 1 instance: 1 connected>\n"


async def test_an_answer_streams_in_letter_by_letter(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    gates = {letter: f"{letter}-{project}" for letter in "abcde"}
    steps = [step for letter, name in gates.items() for step in (say(letter), gate(name))]
    await widget.watch_growth()
    await widget.send(script(*steps, tokens(60, 0.03)))
    text = widget.answers.first
    for count, name in enumerate(gates.values(), start=1):
        await expect(text).to_have_text("abcde"[:count])  # this much, before the model sends more
        await model.open(name)
    await expect(text).to_contain_text("t000060")
    await widget.idle()
    assert len(await widget.growth()) > 15, "it grew in many small steps"
    assert (await text.locator("p").first.inner_text()).split() == last_text(server, project).split()


async def test_a_prompt_shows_at_once_and_once(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(proxy.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('Quiet')")
    await expect(widget.session("Quiet")).to_be_visible()
    prompt = "Count the sheep.\n" + script(say("Two."))
    proxy.stall()
    await widget.send(prompt)
    await expect(widget.asked).to_contain_text("Count the sheep", timeout=2000)
    await expect(widget.prompt).to_have_value("")
    await proxy.resume()
    await expect(widget.answers).to_contain_text("Two.")
    await widget.idle()
    await expect(widget.asked).to_have_count(1)


@pytest.mark.over_two
async def test_a_prompt_that_cannot_be_sent_is_kept_until_it_can_or_the_user_takes_it_back(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    more = ", backoff=Backoff(initial=0.1, attempts=1)"
    widget = await lab_browser.show(attaches(proxy.url, server, project, more))
    await widget.connected()
    await widget.python("await oc.new_session('Unlucky')")
    await proxy.refuse()
    await expect(widget.connection).to_have_text("Disconnected")
    await widget.send("Are you there?")
    await expect(widget.asked).to_contain_text("sent when the connection is back")
    await widget.asked.get_by_role("button", name="Edit").click()
    await expect(widget.prompt).to_have_value("Are you there?")
    await expect(widget.asked).to_have_count(0)
    await widget.prompt.press("Enter")
    await expect(widget.asked).to_contain_text("sent when the connection is back")
    await proxy.resume()
    await widget.button("Reconnect").click()
    await widget.connected()
    await widget.idle()
    await expect(widget.asked).to_have_text(re.compile("Are you there"))
    await expect(widget.answers).to_have_count(1)


async def test_a_prompt_while_busy_is_queued_and_answered(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(say("First half, "), gate(f"queue-{project}"), say("second half.")))
    await expect(widget.answers).to_contain_text("First half")
    await widget.send(script(say("And another.")))
    await expect(widget.asked.last).to_contain_text("Queued")
    await model.open(f"queue-{project}")
    await expect(widget.answers.last).to_contain_text("And another.")
    await widget.idle()
    await expect(widget.log.get_by_text("Queued")).to_have_count(0)
    await expect(widget.asked).to_have_count(2)


@pytest.mark.over_two
async def test_stop_ends_an_answer_and_keeps_its_words(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(tokens(3000, 0.02)))
    await expect(widget.answers).to_contain_text("t000010")
    await widget.button("Stop").click()
    await widget.idle()
    await expect(widget.answers.last).to_contain_text("Stopped")
    await expect(widget.answers.last).to_contain_text("t000010")
    await widget.send(script(say("Ready again.")))
    await expect(widget.answers.last).to_contain_text("Ready again.")


@pytest.mark.over_two
async def test_reasoning_and_tools_show_as_they_happen(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    steps = [think("Where are the sheep?"), tool("glob", pattern="*.py"), gate(f"tools-{project}"), say("In sheep.py.")]
    await widget.send(script(*steps))
    await widget.answers.first.get_by_text(re.compile("^Think|^Thought")).click()
    await expect(widget.answers.first).to_contain_text("Where are the sheep?")
    await expect(widget.answers.first).to_contain_text("glob")
    await model.open(f"tools-{project}")
    await expect(widget.answers.last).to_contain_text("In sheep.py.")
    await widget.idle()


@pytest.mark.over_two
async def test_a_permission_is_asked_and_granted(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(bash("echo a wolf; sleep 1"), say("It howls.")))
    await expect(widget.requests).to_contain_text("echo a wolf")
    await widget.button("Allow once").click()
    await expect(widget.requests).to_have_count(0)
    await expect(widget.answers.last).to_contain_text("It howls.")
    await widget.idle()


@pytest.mark.over_two
async def test_a_permission_is_rejected(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(bash("touch should-not-be"), say("It howls.")))
    await widget.button("Reject").click()
    await expect(widget.requests).to_have_count(0)
    await widget.idle()
    assert not (project / "should-not-be").exists()


@pytest.mark.over_two
async def test_a_question_is_answered(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(ask("Which sheep?", "Black", "White"), say("You chose: {result}")))
    await widget.requests.get_by_label("Black").check()
    await widget.button("Submit").click()
    await expect(widget.requests).to_have_count(0)
    await expect(widget.answers.last).to_contain_text("Black")


@pytest.mark.over_two
async def test_a_failed_model_is_reported_where_it_happened(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(fail(400, "The sheep have gone.")))
    await expect(widget.log.get_by_role("alert")).to_contain_text("The sheep have gone.")
    await widget.idle()


async def test_a_model_that_is_overloaded_is_asked_again_and_the_tab_says_so(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('Patient')")
    await expect(widget.session("Patient")).to_have_attribute("aria-selected", "true")
    await widget.send(script(fail(503, f"Overloaded, says {project}", times=1), say("Now it works.")))
    await expect(widget.session("Patient")).to_contain_text("retrying")
    await expect(widget.answers.last).to_contain_text("Now it works.")
    await expect(widget.session("Patient")).not_to_contain_text("retrying")


async def test_the_agent_that_was_chosen_answers(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.choose("Agent", "plan")
    await widget.send(script(say("I only plan.")))
    await expect(widget.log.get_by_role("article", name="Agent plan")).to_contain_text("I only plan.")
    with server.client(project) as client:
        session = client.get("/session").json()[0]["id"]
        assert client.get(f"/session/{session}/message").json()[-1]["info"]["agent"] == "plan"


@pytest.mark.over_two
async def test_markdown_is_drawn(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    text = "# Sheep\n\n- one **bold** one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\ndef count(): ...\n```\n"
    await widget.send(script(say(text, chunk=5, interval=0.01)))
    answer = widget.answers.last
    await expect(answer.locator("pre code")).to_contain_text("def count(): ...")
    await widget.idle()
    await expect(answer.get_by_role("heading", name="Sheep")).to_be_visible()
    await expect(answer.locator("strong")).to_have_text("bold")
    await expect(answer.get_by_role("table")).to_contain_text("2")
    assert await answer.locator("pre").count() == 1, await answer.inner_html()


HOSTILE = """<img src=x onerror="window.hacked=1"> <script>window.hacked=2</script>
<a href="javascript:window.hacked=3">a link</a> [another](javascript:window.hacked=4)
<iframe srcdoc="<script>parent.hacked=5</script>"></iframe> <svg onload="window.hacked=6"></svg>
![a picture](http://127.0.0.1:9/steal.png) <style>body{display:none}</style> <form action=/x><button>Go</button></form>

Still here."""


@pytest.mark.over_two
async def test_hostile_html_from_a_model_is_not_carried_out(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(say(HOSTILE, chunk=9)))
    await expect(widget.answers.last).to_contain_text("Still here.")
    await widget.idle()
    for link in await widget.answers.last.get_by_role("link").all():
        assert not (await link.get_attribute("href") or "").startswith("javascript:")
    assert await widget.answers.last.locator("script, iframe, style, form, [onerror], [onload]").count() == 0
    assert await widget.page.evaluate("() => window.hacked") is None


def last_text(server: RealServer, project: Path) -> str:
    """Return the text of the last message of the last session, as the server stores it."""
    with server.client(project) as client:
        session = client.get("/session").json()[0]["id"]
        message = client.get(f"/session/{session}/message").json()[-1]
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")
