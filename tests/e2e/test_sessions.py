"""The list of sessions, and everything that changes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Locator, expect

from tests.support.scripts import bash, delegate, gate, say, script
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, attaches

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


async def test_a_sub_agents_session_gets_its_tab_under_its_parent(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('The parent')")
    await expect(widget.session("The parent")).to_be_visible()
    inner = script(say("I am the child."), gate(f"child-{project}"))
    await widget.send(script(delegate(inner, "Look around"), say("The child has looked.")))
    child = widget.session("Look around")
    await expect(child).to_be_visible()
    assert await title_left(child) > await title_left(widget.session("The parent")), "it is indented"
    titles = await widget.sessions.get_by_role("tab").all_inner_texts()
    assert ["The parent" in titles[0], "Look around" in titles[1]] == [True, True]
    await child.click()
    await expect(widget.answers).to_contain_text("I am the child.")
    await model.open(f"child-{project}")
    await widget.session("The parent").click()
    await expect(widget.answers.last).to_contain_text("The child has looked.")


async def test_a_sub_agents_permission_is_shown_at_its_parent(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(delegate(script(bash("echo child"), say("Done."))), say("Both are done.")))
    await expect(widget.requests).to_contain_text("echo child")
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("Both are done.")


async def test_what_another_client_does_is_seen_at_once(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    with server.client(project) as client:
        session = client.post("/session", json={"title": "Made elsewhere"}).json()["id"]
        await expect(widget.session("Made elsewhere")).to_be_visible()
        client.patch(f"/session/{session}", json={"title": "Renamed elsewhere"})
        await expect(widget.session("Renamed elsewhere")).to_be_visible()
        await expect(widget.session("Made elsewhere")).to_have_count(0)
        await widget.session("Renamed elsewhere").click()
        prompt = {"parts": [{"type": "text", "text": "Hello from afar\n" + script(say("An answer."))}]}
        client.post(f"/session/{session}/prompt_async", json=prompt)
        await expect(widget.asked).to_contain_text("Hello from afar")
        await expect(widget.answers).to_contain_text("An answer.")
        client.delete(f"/session/{session}")
        await expect(widget.session("Renamed elsewhere")).to_have_count(0)


async def test_closing_a_tab_does_not_delete_the_session(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('To be kept'); await oc.new_session('The other')")
    await expect(widget.session("To be kept")).to_be_visible()
    await widget.session("To be kept").hover()
    await widget.root.get_by_title("Close To be kept").click()
    await expect(widget.session("To be kept")).to_have_count(0)
    with server.client(project) as client:
        assert "To be kept" in [session["title"] for session in client.get("/session").json()]
    await widget.button("All sessions").click()
    await widget.root.get_by_role("dialog", name="All sessions").get_by_role("button", name="To be kept").click()
    await expect(widget.session("To be kept")).to_have_attribute("aria-selected", "true")


async def test_a_session_that_works_out_of_sight_says_busy_and_then_unread(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('The busy one'); await oc.new_session('The quiet one')")
    await widget.session("The busy one").click()
    await widget.send(script(say("Wait for it: "), gate(f"unread-{project}"), say("here it is.")))
    await expect(widget.answers).to_contain_text("Wait for it")
    await widget.session("The quiet one").click()
    await expect(widget.session("The busy one")).to_contain_text("busy")
    await expect(widget.log).not_to_contain_text("Wait for it")
    await model.open(f"unread-{project}")
    await expect(widget.session("The busy one")).to_contain_text("unread")
    await widget.session("The busy one").click()
    await expect(widget.answers).to_contain_text("Wait for it: here it is.")
    await expect(widget.session("The busy one")).not_to_contain_text("unread")


async def test_a_new_session_is_made_and_selected(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.button("New session").click()
    await expect(widget.sessions.get_by_role("tab", selected=True)).to_have_count(1)
    await widget.send(script(say("Here."), title="A fine title"))
    await expect(widget.session("A fine title")).to_have_attribute("aria-selected", "true")


@pytest.mark.over_two
async def test_python_and_the_page_see_the_same(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    prompt = script(say("From Python, with love."))
    asked = f"session = await oc.new_session('Both'); reply = await session.ask({prompt!r}); print(reply.text)"
    assert (await widget.python(asked)).strip() == "From Python, with love."
    await expect(widget.answers).to_contain_text("From Python, with love.")
    await widget.send(script(say("From the page.")))
    await expect(widget.answers.last).to_contain_text("From the page.")
    await widget.idle()
    assert "From the page." in await widget.python("print(session.messages[-1].text)")
    assert await widget.python("print(oc.active_session == session.id)") == "True\n"


@pytest.mark.over_two
async def test_five_hundred_sessions_do_not_slow_the_list(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    with server.client(project) as client:
        for number in range(500):
            client.post("/session", json={"title": f"Number {number}"})
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await expect(widget.session("Number 499")).to_be_visible()
    rows = await widget.sessions.get_by_role("tab").count()
    assert rows <= 150, "only some are drawn"
    await widget.session("Number 495").click()
    await expect(widget.session("Number 495")).to_have_attribute("aria-selected", "true", timeout=1000)


async def title_left(tab: Locator) -> float:
    """Return where a tab's title starts."""
    left: float = await tab.evaluate(
        """(tab) => {
          const walker = document.createTreeWalker(tab, NodeFilter.SHOW_TEXT), range = document.createRange();
          let last; while (walker.nextNode()) last = walker.currentNode;
          range.selectNode(last);
          return range.getBoundingClientRect().left;
        }"""
    )
    return left
