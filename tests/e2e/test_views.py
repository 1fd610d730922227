"""One widget, many views: each shows the same, and none needs the cell to be run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.support.scripts import gate, say, script, tokens
from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.lab_browser import LabBrowser, attaches
from .harness.widget import widget_in

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


@pytest.mark.over_two
async def test_a_page_that_is_reloaded_in_mid_answer_shows_the_same(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(tokens(30), gate(f"reload-{project}"), tokens(30, start=31)))
    await expect(widget.answers).to_contain_text("t000030")
    await widget.notebook.reload()
    await expect(widget.answers).to_contain_text("t000030")
    await expect(widget.asked).to_have_count(1)
    await model.open(f"reload-{project}")
    await expect(widget.answers).to_contain_text("t000060")
    await widget.idle()
    text = await widget.answers.locator("p").first.inner_text()
    assert text.split() == [f"t{number:06d}" for number in range(1, 61)]


@pytest.mark.over_two(at_night=True)
async def test_a_second_display_shows_the_same_and_both_stream(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(say("In both.")))
    await expect(widget.answers).to_contain_text("In both.")
    await widget.python("display(oc)")
    second = widget_in(widget.page, 1)
    await expect(second.answers).to_contain_text("In both.")
    await widget.prompt.fill("A draft of the first")
    await expect(second.prompt).to_have_value("")
    await second.send(script(tokens(40, 0.02)))
    for view in (widget, second):
        await expect(view.answers.last).to_contain_text("t000040")
        await expect(view.asked).to_have_count(2)


@pytest.mark.over_two(at_night=True)
async def test_a_second_browser_tab_shows_the_same(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(say("In both.")))
    await expect(widget.answers).to_contain_text("In both.")
    await widget.idle()
    beside = widget_in((await lab_browser.beside(widget.notebook)).page)
    await expect(beside.answers).to_contain_text("In both.")
    await beside.connected()
    await beside.send(script(tokens(40, 0.02)))
    for view in (beside, widget):
        await expect(view.answers.last).to_contain_text("t000040")
        await expect(view.asked).to_have_count(2)


@pytest.mark.over_two(at_night=True)
async def test_a_hidden_page_is_up_to_date_when_it_is_looked_at(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.send(script(say("One, "), gate(f"hidden-{project}"), tokens(1000, 0.001)))
    await expect(widget.answers).to_contain_text("One,")
    await widget.hide()
    await model.open(f"hidden-{project}")
    await widget.idle()
    await widget.reveal()
    await expect(widget.answers).to_contain_text("t001000")


@pytest.mark.over_two(at_night=True)
async def test_everything_works_in_a_narrow_view(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.page.set_viewport_size({"width": 560, "height": 800})

    async def width() -> float | None:  # JupyterLab's own bars take the rest once it has laid them out
        frame = await widget.root.bounding_box()
        return frame["width"] if frame is not None and 300 < frame["width"] < 480 else None

    narrow = await eventually_async(width, what="a narrow widget")
    assert narrow is not None
    for name in ("New session", "Open an instance", "All sessions"):
        await expect(widget.button(name)).to_be_in_viewport()
    await widget.button("New session").click()
    await expect(widget.sessions.get_by_role("tab", selected=True)).to_have_count(1)
    await widget.send(script(say("Narrow, but here.")))
    await expect(widget.answers).to_contain_text("Narrow, but here.")
    inner, outer = await widget.log.evaluate("(log) => [log.scrollWidth, log.clientWidth]")
    assert inner <= outer <= narrow, "nothing is cut off at the side"


async def test_the_keyboard_is_enough(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.new_session('First'); await oc.new_session('Second')")
    await expect(widget.session("Second")).to_have_attribute("aria-selected", "true")
    keyboard = widget.page.keyboard
    await widget.session("Second").focus()
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(widget.session("First")).to_have_attribute("aria-selected", "true")
    for _ in range(30):
        await keyboard.press("Tab")
        if await widget.prompt.evaluate("(box) => box === document.activeElement"):
            break
    await keyboard.type("dd a b: one line")
    await keyboard.press("Shift+Enter")
    await keyboard.insert_text(script(say("Heard you.")))
    await expect(widget.prompt).to_have_value("dd a b: one line\n" + script(say("Heard you.")))
    await keyboard.press("Enter")
    await expect(widget.answers).to_contain_text("Heard you.")
    await expect(widget.page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)  # the notebook handled none of the keys


@pytest.mark.over_two(at_night=True)
async def test_it_stays_where_the_reader_has_scrolled_to(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    lines = "".join(f"Line {number}.\n\n" for number in range(80))
    await widget.send(script(say(lines), gate(f"scroll-{project}"), say(lines), say("The very end.")))
    await expect(widget.answers).to_contain_text("Line 79.")
    await expect(widget.answers.get_by_text("Line 79.", exact=True)).to_be_in_viewport()
    await widget.log.hover()
    await widget.page.mouse.wheel(0, -600)
    await expect(widget.button("Jump to latest")).to_be_visible()
    before = await widget.log.evaluate("(log) => log.scrollTop")
    await model.open(f"scroll-{project}")
    await expect(widget.answers).to_contain_text("The very end.")
    assert await widget.log.evaluate("(log) => log.scrollTop") == before
    await widget.button("Jump to latest").click()
    await expect(widget.answers.get_by_text("The very end.", exact=True)).to_be_in_viewport()
