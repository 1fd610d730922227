"""Permissions and questions of a session and its sub-agents, answered in the page, in Python and elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.scripts import ask, bash, delegate, say, script, tool
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, Shown, attaches

POLICY = """
def policy(request):
    seen.append(request.patterns)
    return "reject" if any("wolf" in pattern for pattern in request.patterns) else "once"

seen = []
oc.on_permission(policy)
"""


async def shown(lab_browser: LabBrowser, server: RealServer, project: Path) -> Shown:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    return widget


async def test_always_allow_says_what_it_covers_and_is_not_asked_again(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(bash("echo one sheep"), bash("echo two sheep"), say("Counted.")))
    await expect(widget.requests).to_contain_text("echo *")
    await widget.button("Always allow").click()
    await expect(widget.answers.last).to_contain_text("Counted.")
    await expect(widget.requests).to_have_count(0)


async def test_a_change_of_a_file_is_shown_before_it_is_allowed(
    lab_browser: LabBrowser, rich_server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, rich_server, project)
    wolf = project / "wolf.txt"
    await widget.send(script(tool("write", filePath=str(wolf), content="It howls.\n"), say("Written.")))
    await expect(widget.requests.get_by_role("group", name="Changes in wolf.txt")).to_contain_text("It howls.")
    assert not wolf.exists()
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("Written.")
    assert wolf.read_text() == "It howls.\n"


async def test_words_go_to_the_model_with_a_rejection(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(bash("echo a wolf"), say("You said: {result}")))
    await widget.button("Say why…").click()
    await widget.requests.get_by_role("textbox").fill("Not the wolf, please")
    await widget.button("Reject").click()
    await expect(widget.answers.last).to_contain_text("Not the wolf, please")


async def test_a_sub_agents_permission_is_answered_in_its_parents_session(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(delegate(script(bash("echo a lamb"), say("It bleats."))), say("Heard of: {result}")))
    await expect(widget.requests).to_contain_text("echo a lamb")
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("It bleats.")
    await expect(widget.requests).to_have_count(0)


@pytest.mark.over_two
async def test_a_request_is_there_after_a_reload(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(bash("echo a patient wolf"), say("It howls.")))
    await expect(widget.requests).to_contain_text("a patient wolf")
    await widget.notebook.reload()
    await expect(widget.requests).to_contain_text("a patient wolf")
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("It howls.")


async def test_a_request_that_is_answered_elsewhere_disappears_and_the_transcript_says_so(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(bash("echo a stranger's wolf"), say("It howls.")))
    await expect(widget.requests).to_be_visible()
    with server.client(project) as client:
        (request,) = client.get("/permission").json()
        assert client.post(f"/permission/{request['id']}/reply", json={"reply": "once"}).is_success
    await expect(widget.requests).to_have_count(0)
    await expect(widget.answers.last).to_contain_text("It howls.")
    notice = widget.log.get_by_role("article", name="Notice").get_by_role("alert")
    await expect(notice).to_contain_text("Allowed by another program: bash, echo a stranger's wolf.")
    await widget.send(script(bash("echo our wolf"), say("It howls again.")))
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("It howls again.")
    await expect(notice).to_have_count(1)


@pytest.mark.over_two
async def test_two_requests_are_answered_in_any_order(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    both = {"tools": [bash("echo first"), bash("echo second")]}
    await widget.send(script(both, say("Both done.")))
    second = widget.requests.get_by_role("region").filter(has_text="echo second")
    await second.get_by_role("button", name="Allow once").click()
    await expect(second).to_have_count(0)
    await expect(widget.requests).to_contain_text("echo first")
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("Both done.")


@pytest.mark.over_two
async def test_python_answers_what_the_page_shows(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(bash("echo for python"), ask("Which sheep?", "Black", "White"), say("{result}")))
    await expect(widget.requests).to_contain_text("echo for python")
    assert "echo for python" in await widget.python("oc.instances[0].pending[0].patterns")
    await widget.python("await oc.instances[0].pending[0].allow()")
    await expect(widget.requests).to_contain_text("Which sheep?")
    await widget.python("await oc.instances[0].pending[0].answer('Black')")
    await expect(widget.answers.last).to_contain_text("Black")
    await expect(widget.requests).to_have_count(0)


@pytest.mark.over_two
async def test_a_policy_in_python_answers_before_the_user_has_to(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.python(POLICY)
    await widget.send(script(bash("echo a sheep"), say("It bleats.")))
    await expect(widget.answers.last).to_contain_text("It bleats.")
    assert "echo a sheep" in await widget.python("seen")
    await widget.send(script(bash("touch wolf"), say("It howls.")))
    await widget.idle()
    await expect(widget.requests).to_have_count(0)
    assert not (project / "wolf").exists()


@pytest.mark.over_two
async def test_several_questions_are_answered_at_once_and_one_can_be_dismissed(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await shown(lab_browser, server, project)
    await widget.send(script(ask("Which sheep?", "Black", "White", multiple=True), say("You chose: {result}")))
    await widget.requests.get_by_label("Black").check()
    await widget.requests.get_by_label("White").check()
    await widget.button("Submit").click()
    await expect(widget.answers.last).to_contain_text("White")
    await widget.send(script(ask("And now?", "Sleep"), say("Never said.")))
    await widget.button("Dismiss").click()
    await expect(widget.requests).to_have_count(0)
    await widget.idle()
