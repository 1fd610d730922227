"""What the user's notebook has, by its name in a prompt: offered, shown, sent."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.scripts import say, script
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser
from .harness.notebook import CellFailed
from .test_composer import sent_parts, type_prompt

ECHO = script(say("{prompt}"))
VARIABLES = """
class Counted:
    looks = 0
    def __repr__(self):
        Counted.looks += 1
        return "counted by hand"
    @property
    def shape(self):
        raise ValueError("nobody may look")

counted = Counted()
rows = [1, 2, 3]
"""


async def test_a_name_is_offered_previewed_and_sent(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python(VARIABLES)
    await type_prompt(widget, "Why @ro")
    offered = widget.root.get_by_role("listbox", name="Mentions")
    await expect(offered.get_by_role("option", name="var:rows")).to_contain_text("list, 3 entries")
    await widget.prompt.fill("")
    await type_prompt(widget, "Why @count")
    await expect(offered.get_by_role("option", name="var:counted Counted")).to_be_visible()
    await widget.prompt.press("Enter")
    assert await widget.python("print(Counted.looks)") == "0\n", "a list reads names and types alone"
    await expect(widget.root.get_by_role("list", name="Named")).to_contain_text("@var:counted")
    await widget.root.get_by_role("button", name="Preview @var:counted").click()
    panel = widget.root.get_by_role("dialog", name="Sent for @var:counted")
    await expect(panel).to_contain_text("counted by hand")
    seen = await panel.locator("pre").text_content()
    await panel.get_by_role("button", name="Close").click()
    await widget.send(f"{ECHO} @var:counted")
    await expect(widget.answers.last).to_contain_text("@var:counted")
    texts = [
        base64.b64decode(part["url"].partition(",")[2]).decode()
        for part in sent_parts(server, project)
        if "url" in part
    ]
    assert texts == [seen]


async def test_an_unknown_name_keeps_the_words_and_makes_no_session(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("rows = [1]")
    await type_prompt(widget, "Why @var:row ")
    await expect(widget.root.get_by_role("list", name="Named")).to_contain_text("not found")
    await widget.root.get_by_role("button", name="Send").click()
    await expect(widget.root.get_by_role("alert")).to_contain_text("@var:rows")
    await expect(widget.prompt).to_have_value("Why @var:row ")
    with server.client(project) as client:
        assert client.get("/session").json() == []


async def test_a_cell_that_fails_is_offered_as_a_question_once(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    offer = widget.root.get_by_role("region", name="A cell has failed")
    await widget.python("try_it = lambda: 1 / 0")
    await expect(offer).to_have_count(0)
    with pytest.raises(CellFailed):
        await widget.python("try_it()")
    await expect(offer).to_contain_text("failed: ZeroDivisionError")
    await offer.get_by_role("button", name="Ask about this error").click()
    await expect(widget.prompt).to_have_value("@error ")
    await expect(widget.prompt).to_be_focused()
    await expect(offer).to_have_count(0)
    await expect(widget.root.get_by_role("list", name="Named")).to_contain_text("ZeroDivisionError")
    with pytest.raises(CellFailed):
        await widget.python("try_it()")
    await expect(offer).to_be_visible()
    await widget.python("oc.error_bar = False")
    await expect(offer).to_have_count(0)
