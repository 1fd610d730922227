"""What stays in the kernel: the password of the server that we started."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import WebSocket, expect

from tests.support.scripts import say, script

from .harness.desk import IMPORT, Desk, starts
from .harness.processes import servers_in
from .harness.widget import widget_in


@pytest.mark.fresh_browser
async def test_the_password_reaches_no_page_and_no_saved_notebook(desk: Desk, project: Path) -> None:
    heard: list[str | bytes] = []

    def hear(frame: str | bytes) -> None:
        heard.append(frame)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", hear)
        socket.on("framesent", hear)

    desk.context.on("page", lambda page: page.on("websocket", listen))
    notebook = await desk.open(f"{IMPORT}oc = {starts(project)}\noc", "repr(oc), oc.instances, oc.tabs, oc.get_state()")
    await notebook.run(0)
    widget = widget_in(notebook.page)
    await widget.connected()
    await widget.send(script(say("Keep it to yourself.")))
    await expect(widget.answers).to_contain_text("Keep it to yourself.")
    told = await notebook.run(1)
    await notebook.save()

    password = servers_in(project)[0].environ()["OPENCODE_SERVER_PASSWORD"]
    assert len(password) >= 16
    assert len(heard) > 20, "the page's traffic was heard"
    assert not [
        frame for frame in heard if password.encode() in (frame if isinstance(frame, bytes) else frame.encode())
    ]
    assert password not in told
    assert password not in (desk.lab.work / notebook.name).read_text()
