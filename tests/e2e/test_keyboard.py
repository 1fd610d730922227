"""The keyboard alone reaches everything, and the focus is never lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.support.scripts import bash, say, script
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, Shown

FOCUSED = "(elements) => elements.some((element) => element.matches(':focus'))"
WITHIN = "(root) => root.contains(document.activeElement) && document.activeElement !== root"
STEPS = 60  # presses of Tab that lead once around the widget


async def go_to(widget: Shown, goal: Locator, key: str = "Tab") -> None:
    """Press a key until the element has the focus."""
    for _ in range(STEPS):
        if await goal.evaluate_all(FOCUSED):
            return
        await widget.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {goal}")


async def keeps_focus(widget: Shown) -> None:
    """Check that the focus is in the widget, whatever was closed."""
    await expect(widget.root.locator(":focus")).to_have_count(1)
    assert await widget.root.evaluate(WITHIN)


@pytest.mark.over_two
async def test_the_keyboard_leads_through_a_whole_turn(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    keyboard = widget.page.keyboard
    await widget.instances.get_by_role("tab", selected=True).focus()
    await go_to(widget, widget.button("New session"))
    await keyboard.press("Enter")
    await expect(widget.sessions.get_by_role("tab")).to_have_count(1)
    await go_to(widget, widget.prompt)
    await keyboard.insert_text(script(bash("echo a sheep"), say("It bleats."), title="Sheep"))
    await keyboard.press("Enter")
    await expect(widget.button("Allow once")).to_be_visible()
    await go_to(widget, widget.button("Allow once"), "Shift+Tab")
    await keyboard.press("Enter")
    await expect(widget.requests).to_have_count(0)
    await expect(widget.prompt).to_be_focused()
    await expect(widget.answers.last).to_contain_text("It bleats.")
    await go_to(widget, widget.log.locator("[data-tool=bash] summary"), "Shift+Tab")
    await keyboard.press("Enter")
    await expect(widget.log.locator("[data-tool=bash]")).to_contain_text("a sheep")
    await keeps_focus(widget)


async def test_the_focus_comes_back_from_whatever_is_closed(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('First'); await oc.new_session('Second')")
    await expect(widget.session("Second")).to_have_attribute("aria-selected", "true")
    keyboard = widget.page.keyboard
    head = widget.root.locator(".ocw-head")
    openers = [
        (head.get_by_role("button", name="Session actions"), "menuitem", "Rename"),
        (head.get_by_role("button", name="Session info"), "dialog", "Session"),
        (head.get_by_role("button", name="Search conversation"), "textbox", "Search conversation"),
        (widget.button("All sessions"), "dialog", "All sessions"),
        (widget.button("Open an instance"), "dialog", "Open"),
        (widget.root.get_by_role("button", name=re.compile("^Agent: ")), "combobox", "Search: agent"),
    ]
    for opener, role, name in openers:
        await opener.focus()
        await keyboard.press("Enter")
        await expect(widget.root.get_by_role(role, name=name, exact=True)).to_be_visible()  # type: ignore[arg-type]
        await keeps_focus(widget)
        await expect(opener).not_to_be_focused()
        await keyboard.press("Escape")
        await expect(widget.root.get_by_role(role, name=name, exact=True)).to_have_count(0)  # type: ignore[arg-type]
        await expect(opener).to_be_focused()


async def test_the_focus_stays_when_a_name_was_changed_and_when_tabs_go(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('First'); await oc.new_session('Second')")
    await expect(widget.session("Second")).to_have_attribute("aria-selected", "true")
    keyboard = widget.page.keyboard
    await widget.session("Second").focus()
    await keyboard.press("Shift+F10")
    await keyboard.press("r")
    await keyboard.press("Enter")
    await expect(widget.root.get_by_role("textbox", name="Session title")).to_be_focused()
    await keyboard.type("Third")
    await keyboard.press("Enter")
    await expect(widget.session("Third")).to_be_focused()
    await keyboard.press("Delete")
    await expect(widget.session("Third")).to_have_count(0)
    await expect(widget.session("First")).to_be_focused()
    await keyboard.press("Delete")
    await expect(widget.sessions.get_by_role("tab")).to_have_count(0)
    await expect(widget.button("New session")).to_be_focused()


async def test_the_focus_stays_when_a_session_was_deleted(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('First')")
    await expect(widget.session("First")).to_have_attribute("aria-selected", "true")
    await widget.root.locator(".ocw-head").get_by_role("button", name="Session actions").focus()
    keyboard = widget.page.keyboard
    await keyboard.press("Enter")
    await expect(widget.root.get_by_role("menuitem", name="Rename")).to_be_focused()
    await keyboard.press("d")
    await keyboard.press("Enter")
    await expect(widget.dialog("Delete “First”?").get_by_role("button", name="Cancel")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(widget.session("First")).to_have_count(0)
    await expect(widget.prompt).to_be_focused()


@pytest.mark.over_two(at_night=True)
async def test_the_focus_stays_when_an_instance_was_closed(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.instances.get_by_role("tab").focus()
    await widget.page.keyboard.press("Delete")
    await expect(widget.page.get_by_text("No project open")).to_be_visible()
    await expect(widget.page.locator(".ocw :focus")).to_have_count(1)


@pytest.mark.over_two(at_night=True)
async def test_a_prompt_that_was_sent_by_its_button_leaves_the_focus_with_the_prompt(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.prompt.fill(script(say("Heard.")))
    await widget.prompt.press("Tab")
    await go_to(widget, widget.button("Send"))
    await widget.page.keyboard.press("Enter")
    await expect(widget.prompt).to_be_focused()
    await expect(widget.answers).to_contain_text("Heard.")


@pytest.mark.over_two(at_night=True)
async def test_a_screen_reader_gets_the_words_of_the_agent(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    reported = widget.root.locator("[data-spoken]")
    await widget.send(script(say("The **first** answer.")))
    await expect(reported).to_have_text("The first answer.")
    await expect(widget.log).to_have_attribute("aria-live", "off")
    await widget.notebook.reload()
    await expect(widget.answers).to_contain_text("The first answer.")
    await widget.send(script(say("The second one.")))
    await expect(reported).to_have_text("The second one.")
