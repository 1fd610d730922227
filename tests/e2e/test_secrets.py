"""What must stay in the kernel: the password of the server that we started."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import WebSocket, expect

from tests.support.leaks import SPILL, spellings
from tests.support.scripts import bash, say, script

from .harness.lab_browser import IMPORT, LabBrowser, starts
from .harness.processes import servers_in
from .harness.widget import widget_in

ALL = """
session = oc.instances[0].sessions[0]
exports = [await session.export(kind) for kind in ("markdown", "html", "notebook", "json", "text")]
print(repr(oc), oc.instances, oc.tabs, oc.get_state(), exports, session.messages, session.to_markdown())
session
"""


@pytest.mark.fresh_browser
async def test_the_password_reaches_no_page_and_no_saved_notebook(lab_browser: LabBrowser, project: Path) -> None:
    received: list[str | bytes] = []

    def receive(frame: str | bytes) -> None:
        received.append(frame)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", receive)
        socket.on("framesent", receive)

    lab_browser.context.on("page", lambda page: page.on("websocket", listen))
    notebook = await lab_browser.open(f"{IMPORT}oc = {starts(project)}\noc", ALL)
    await notebook.run(0)
    widget = widget_in(notebook.page)
    await widget.connected()
    await widget.send(script(say("Keep it to yourself.")))
    await expect(widget.answers).to_contain_text("Keep it to yourself.")
    await widget.send(script(bash(SPILL), say("That is all I have.")))
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("That is all I have.")
    await widget.log.locator("summary").first.click()
    await expect(widget.log).to_contain_text("OPENCODE_SERVER_PASSWORD=***")
    reported = await notebook.run(1)
    await notebook.save()

    password = servers_in(project)[0].environ()["OPENCODE_SERVER_PASSWORD"]
    assert len(password) >= 16
    assert len(received) > 20, "the page's traffic was recorded"
    frames = [frame.decode("latin-1") if isinstance(frame, bytes) else frame for frame in received]
    saved = (lab_browser.lab.work / notebook.name).read_text()
    shown = await notebook.page.content()
    secret = spellings(password)
    assert [found.group() for text in (*frames, reported, saved, shown) for found in secret.finditer(text)] == []
    assert "OPENCODE_SERVER_PASSWORD=***" in reported
