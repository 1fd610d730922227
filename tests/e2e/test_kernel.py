"""A kernel has one thread for cells: what the widget does while a cell runs."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.support.scripts import bash, gate, say, script, tokens
from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.lab_browser import IMPORT, LabBrowser, attaches
from .harness.widget import widget_in

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

# Seconds from Run All to a widget that can be used, while a cell behind it blocks. Three are what is wanted of a machine at rest.
USABLE = 20.0
BLOCK = "import time\nwhile not pathlib.Path({flag!r}).exists():\n    time.sleep(0.05)"


async def test_a_demo_needs_nothing(lab_browser: LabBrowser) -> None:
    widget = await lab_browser.show("OpenCode.demo()")
    await expect(widget.instance("sample-project")).to_be_visible()
    await widget.connected()
    await widget.send("Why does test_split fail?")
    await expect(widget.answers.last).to_contain_text("parser.py")


@pytest.mark.over_two(at_night=True)
async def test_with_background_it_streams_while_a_cell_blocks(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path, tmp_path: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project, ", background=True"))
    await widget.connected()
    await widget.send(script(say("Before, "), gate(f"block-{project}"), tokens(30, 0.01)))
    await expect(widget.answers).to_contain_text("Before,")
    flag = tmp_path / "flag"
    await widget.notebook.start("import pathlib\n" + BLOCK.format(flag=str(flag)))
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    await model.open(f"block-{project}")
    await expect(widget.answers).to_contain_text("t000030")
    flag.touch()
    await expect(widget.notebook.cell(1)).to_contain_text("[2]")


@pytest.mark.over_two(at_night=True)
async def test_a_busy_kernel_is_shown_as_busy_and_nothing_is_lost(
    lab_browser: LabBrowser, server: RealServer, project: Path, tmp_path: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    flag = tmp_path / "flag"
    await widget.notebook.start("import pathlib\n" + BLOCK.format(flag=str(flag)))
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    await widget.send(script(say("Better late.")))
    await expect(widget.problems.filter(has_text="Kernel busy")).to_be_visible()
    flag.touch()
    await expect(widget.answers).to_contain_text("Better late.")
    await expect(widget.problems.filter(has_text="Kernel busy")).to_have_count(0)
    await expect(widget.asked).to_have_count(1)


@pytest.mark.over_two(at_night=True)
async def test_with_background_a_page_that_comes_while_a_cell_blocks_is_usable(
    lab_browser: LabBrowser, server: RealServer, project: Path, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    call = attaches(server.url, server, project, ", background=True")
    notebook = await lab_browser.open(f"{IMPORT}oc = {call}\noc", "import pathlib\n" + BLOCK.format(flag=str(flag)))
    await notebook.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    began = time.monotonic()
    widget = widget_in(notebook.page)
    await widget.connected()
    connected = time.monotonic() - began
    await expect(notebook.cell(1)).to_contain_text("[*]")
    await widget.send(script(say("At once.")))
    await expect(widget.answers.last).to_contain_text("At once.")
    answered = time.monotonic() - began
    print(f"after Run All: connected in {connected:.1f} s, the first answer in {answered:.1f} s")
    assert answered < USABLE
    await widget.send(script(bash("true"), say("It was allowed.")))
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("It was allowed.")
    await expect(notebook.cell(1)).to_contain_text("[*]")
    flag.touch()


@pytest.mark.parametrize("end", ["shutdown", "restart", "kill"])
async def test_a_page_to_which_nobody_turns_says_that_its_kernel_is_gone(
    lab_browser: LabBrowser, server: RealServer, project: Path, end: str
) -> None:
    widget = await lab_browser.attach(server, project)
    if end == "kill":
        os.kill(int(await widget.python("import os; os.getpid()")), signal.SIGKILL)
    else:
        method = "session.kernel.restart" if end == "restart" else "shutdown"
        await widget.page.evaluate(f"() => window.jupyterapp.shell.currentWidget.sessionContext.{method}()")
    await expect(widget.root.get_by_text("The kernel has stopped")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("more", ["", ", background=True"])
async def test_a_kernel_that_is_interrupted_is_connected_and_does_what_waited(
    lab_browser: LabBrowser, server: RealServer, project: Path, more: str
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project, more))
    await widget.connected()
    await widget.notebook.start("import time\nwhile True:\n    time.sleep(0.05)")
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    await widget.send(script(say("After Stop.")))
    if not more:
        await expect(widget.problems.filter(has_text="Kernel busy")).to_be_visible()
    await widget.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    await expect(widget.notebook.cell(1)).to_contain_text("KeyboardInterrupt")
    await expect(widget.connection).to_have_text("Connected", timeout=10_000)
    await expect(widget.answers.last).to_contain_text("After Stop.")
    await expect(widget.problems).to_have_count(0)
    await expect(widget.asked).to_have_count(1)


@pytest.mark.over_two(at_night=True)
async def test_with_background_a_page_that_is_reloaded_while_a_cell_blocks_is_usable(
    lab_browser: LabBrowser, server: RealServer, project: Path, tmp_path: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project, ", background=True"))
    await widget.connected()
    await widget.send(script(say("Before the reload.")))
    await expect(widget.answers.last).to_contain_text("Before the reload.")
    flag = tmp_path / "flag"
    await widget.notebook.start("import pathlib\n" + BLOCK.format(flag=str(flag)))
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    await widget.notebook.reload()
    await expect(widget.connection).to_have_text("Connected", timeout=40_000)
    await expect(widget.answers.last).to_contain_text("Before the reload.")
    await widget.send(script(bash("true"), say("It was allowed.")))
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("It was allowed.")
    assert not flag.exists()
    flag.touch()
    # JupyterLab restores its widgets only now, and finds that this one is there.
    assert await widget.python("'after the cell'") == "'after the cell'"
    await widget.send(script(say("After the cell.")))
    await expect(widget.answers.last).to_contain_text("After the cell.")
    await expect(widget.asked).to_have_count(3)


@pytest.mark.over_two
async def test_with_background_the_stop_button_stops_a_turn_while_a_cell_blocks(
    lab_browser: LabBrowser, server: RealServer, project: Path, tmp_path: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project, ", background=True"))
    await widget.connected()
    flag = tmp_path / "flag"
    await widget.notebook.start("import pathlib\n" + BLOCK.format(flag=str(flag)))
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    await widget.send(script(say("It began. "), gate(f"never-{project}"), say("It went on.")))
    await expect(widget.answers.last).to_contain_text("It began.")
    await widget.button("Stop").click()
    await widget.idle()
    await expect(widget.answers.last).not_to_contain_text("It went on.")
    await expect(widget.notebook.cell(1)).to_contain_text("[*]")
    flag.touch()


async def test_a_page_that_comes_while_a_cell_blocks_says_that_the_kernel_is_busy(
    lab_browser: LabBrowser, server: RealServer, project: Path, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    call = attaches(server.url, server, project)
    notebook = await lab_browser.open(f"{IMPORT}oc = {call}\noc", "import pathlib\n" + BLOCK.format(flag=str(flag)))
    await notebook.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    await expect(notebook.cell(1)).to_contain_text("[*]")
    widget = widget_in(notebook.page)
    await expect(widget.instance(project.name)).to_be_visible()
    await expect(widget.problems.filter(has_text="Kernel busy")).to_be_visible(timeout=10_000)
    await expect(widget.root.get_by_text("this is the saved state")).to_have_count(0)
    flag.touch()
    await widget.connected()
    await expect(widget.problems.filter(has_text="Kernel busy")).to_have_count(0)


class Way:
    """The web sockets between the page and the Jupyter server's kernels, which a test cuts."""

    def __init__(self) -> None:
        self._open: list[WebSocketRoute] = []
        self._is_cut = False
        self._is_hushed = False
        self._unheard: list[str | bytes] = []

    async def route(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close(code=ABNORMAL)
        else:
            self._open.append(socket)
            server = socket.connect_to_server()
            socket.on_message(lambda message: self._pass(message, server))
            server.on_message(lambda message: self._pass(message, socket))

    def _pass(self, message: str | bytes, to: WebSocketRoute) -> None:
        if self._is_hushed:
            self._unheard.append(message)
        else:
            to.send(message)

    def hush(self) -> None:
        """Lose all messages, and close nothing: so is a connection while a computer sleeps."""
        self._is_hushed = True

    def lost(self, text: str) -> int:
        """The number of messages with this text that were lost."""
        return sum(text.encode() in (each if isinstance(each, bytes) else each.encode()) for each in self._unheard)

    async def cut(self) -> None:
        self._is_cut = True
        for socket in self._open:
            await socket.close(code=ABNORMAL)
        self._open.clear()

    def mend(self) -> None:
        self._is_cut = self._is_hushed = False


# A close code with which JupyterLab tries to reach the server again.
ABNORMAL = 1011
# What a page sends that asks for everything.
HELLO = '"type":"hello"'


@pytest.mark.fresh_browser
async def test_a_lost_jupyter_server_is_told_and_what_the_user_did_meanwhile_is_done_when_it_is_back(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    way = Way()
    await lab_browser.context.route_web_socket(re.compile(r"/api/kernels/[^/]+/channels"), way.route)
    widget = await lab_browser.attach(server, project)
    await way.cut()
    await expect(widget.problems.filter(has_text="Jupyter server is lost")).to_be_visible(timeout=10_000)
    await expect(widget.root.get_by_text("Not connected to the Jupyter server")).to_be_visible()
    await widget.send(script(say("It was kept.")))
    way.mend()
    await expect(widget.answers.last).to_contain_text("It was kept.", timeout=40_000)
    await widget.connected()
    await expect(widget.asked).to_have_count(1)
    await expect(widget.problems.filter(has_text="Jupyter server is lost")).to_have_count(0)


@pytest.mark.fresh_browser
async def test_after_a_sleep_the_page_asks_for_what_it_missed(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    way, name = Way(), f"sleep-{project}"
    await lab_browser.context.route_web_socket(re.compile(r"/api/kernels/[^/]+/channels"), way.route)
    widget = await lab_browser.attach(server, project)
    await widget.send(script(say("Before it. "), gate(name), say("While it slept.")))
    await expect(widget.answers.last).to_contain_text("Before it.")
    way.hush()
    await model.open(name)

    async def was_said() -> bool:
        return way.lost("slept") > 0

    await eventually_async(was_said, what="the words are lost")
    asked = way.lost(HELLO)
    await widget.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3_600_000; }")

    async def asks() -> bool:
        return way.lost(HELLO) > asked

    await eventually_async(asks, within=10, what="the page asks for everything")
    way.mend()
    await expect(widget.answers.last).to_contain_text("While it slept.", timeout=10_000)
    await expect(widget.connection).to_have_text("Connected")
    await expect(widget.problems).to_have_count(0)
    await expect(widget.asked).to_have_count(1)
