"""While nobody looks at the widget: a mark in the page's title, and notifications. And paths, which open in JupyterLab at their line."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from opencode_widget.demo import Demo
from tests.support.scripts import ask, gate, say, script
from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.gallery import PAGE
from .harness.lab import Lab
from .harness.lab_browser import LabBrowser, attaches

MARKED = re.compile("^● ")
UNMARKED = re.compile("^(?!● )")
# The browser's own permission, and what the widget would show.
RECORD = """() => {
  const own = window.Notification;
  window.shown = [];
  window.Notification = class {
    static get permission() { return own.permission; }
    static requestPermission() { window.asked = true; return own.requestPermission(); }
    constructor(title, { body }) {
      this.words = { title, body };
      window.shown.push(this);
    }
    close() { this.closed = true; }
  };
}"""
BECOMES = "(status) => window.kernel.changeSession('i1', 's1', { status })"
SHOWN = "() => window.shown.map(({ words }) => words)"


async def shown(page: Page, count: int) -> list[dict[str, str]]:
    """Wait until so many notifications were shown; return their words."""

    async def are_there() -> bool:
        return len(await page.evaluate(SHOWN)) >= count

    await eventually_async(are_there, within=20, what=f"{count} notifications")
    words: list[dict[str, str]] = await page.evaluate(SHOWN)
    return words


@pytest.mark.fresh_browser
async def test_an_answer_that_comes_while_the_page_is_hidden_is_told(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    await lab_browser.context.grant_permissions(["notifications"])
    widget = await lab_browser.attach(server, project)
    page = widget.page
    await page.evaluate(RECORD)
    await widget.send(script(gate(f"first-{project}"), say("Ready."), title="Sheep"))
    await expect(widget.button("Stop")).to_be_visible()
    await widget.hide()
    await model.open(f"first-{project}")
    await expect(page).to_have_title(MARKED)
    assert await page.evaluate(SHOWN) == [], "the user was not asked yet"
    await widget.reveal()
    await expect(page).to_have_title(UNMARKED)
    await widget.button("Notify me").click()
    await expect(widget.button("Notify me")).to_have_count(0)

    await widget.send(script(gate(f"second-{project}"), ask("Which?", "One", "Two"), say("Thanks.")))
    await expect(widget.button("Stop")).to_be_visible()
    await widget.python("await oc.new_session('Elsewhere')")
    await widget.hide()
    await model.open(f"second-{project}")
    assert await shown(page, 1) == [{"title": "Sheep", "body": "The agent needs you."}]
    await expect(page).to_have_title(MARKED)
    await page.evaluate("() => window.shown[0].onclick()")
    await expect(widget.session("Sheep")).to_have_attribute("aria-selected", "true")
    assert await page.evaluate("() => window.shown[0].closed") is True
    await widget.reveal()
    await expect(page).to_have_title(UNMARKED)


@pytest.mark.fresh_browser
async def test_where_the_browser_bars_notifications_the_title_is_marked_and_the_user_is_told(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    page = widget.page
    await page.evaluate("() => { Object.defineProperty(Notification, 'permission', { get: () => 'denied' }); }")
    await page.evaluate(RECORD)
    await widget.send(script(gate(f"barred-{project}"), say("Ready.")))
    await expect(widget.button("Stop")).to_be_visible()
    await widget.hide()
    await model.open(f"barred-{project}")
    await expect(page).to_have_title(MARKED)
    await widget.reveal()
    await widget.button("Notify me").click()
    await expect(widget.root).to_contain_text(
        "The browser shows no notifications of this page; its title is marked instead."
    )
    assert await page.evaluate(SHOWN) == []


async def test_a_widget_that_is_scrolled_out_of_the_window_is_not_looked_at(browser: Browser, gallery: str) -> None:
    context = await browser.new_context(viewport={"width": 1000, "height": 700})
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{gallery}{PAGE}?scene=stream&play=no&height=500")
    await page.get_by_role("log").wait_for()
    title = await page.title()
    await page.evaluate("() => { document.body.style.paddingBottom = '3000px'; }")
    # The user looks: what ends now is no news. It would be told after 1.2 seconds.
    await page.evaluate(BECOMES, "idle")
    await page.clock.fast_forward(2_000)
    assert await page.title() == title
    await page.evaluate(BECOMES, "busy")
    await page.evaluate("() => window.scrollTo(0, 2000)")
    await page.evaluate(BECOMES, "idle")
    await expect(page).to_have_title(f"● {title}")
    await page.evaluate("() => window.scrollTo(0, 0)")
    await expect(page).to_have_title(title)
    await expect(page.get_by_role("region", name="Notifications")).to_be_visible()
    await context.close()


CURSOR = """() => {
  const { currentWidget } = window.jupyterapp.shell;
  return [currentWidget?.context?.path, currentWidget?.content?.editor?.getCursorPosition?.()];
}"""


async def test_a_path_with_a_line_opens_in_jupyterlab_at_that_line(
    lab_browser: LabBrowser, lab: Lab, server: RealServer
) -> None:
    folder = lab.work / f"project-{uuid4().hex[:8]}"
    folder.mkdir()
    (folder / "long.py").write_text("".join(f"line_{number} = {number}\n" for number in range(1, 201)))
    widget = await lab_browser.show(attaches(server.url, server, folder))
    await widget.connected()
    await widget.send(script(say("See `long.py:150:6`."), title="A place"))
    await widget.idle()
    await widget.answers.last.get_by_role("link", name="long.py:150:6").click()
    place = [f"{folder.name}/long.py", {"line": 149, "column": 5}]

    async def is_there() -> bool:
        path, cursor = await widget.page.evaluate(CURSOR)
        return [path, cursor and {name: cursor[name] for name in ("line", "column")}] == place

    await eventually_async(is_there, within=20, what="the editor at line 150")
    await expect(widget.page.get_by_text("line_150 = 150")).to_be_visible()
