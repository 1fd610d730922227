"""In a real marimo: the widget works in its shadow root, fits its output, and leaves no server behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.scripts import bash, gate, say, script
from tests.support.wait import eventually_async

from ..harness.axe import serious_faults
from ..harness.diagrams import FLOW, draw, fenced, size_of
from ..harness.page_monitor import PageMonitor
from ..harness.widget import Widget
from .marimo import Marimo, notebook
from .packages import ROOT, HostPackages
from .pictures import picture

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [pytest.mark.timeout(600)]

STARTING = 120_000  # milliseconds: marimo, its kernel and OpenCode start
WIDGET = "from opencode_widget import OpenCode\noc = OpenCode({more})\noc"
# The scrollbars that an output of marimo's has around the widget.
OVERFLOW = """(root) => {
  const bars = [];
  for (let at = root; at; at = at.parentNode instanceof ShadowRoot ? at.parentNode.host : at.parentElement) {
    const { overflowY, maxHeight } = getComputedStyle(at);
    if (maxHeight !== "none" && overflowY === "auto" && at.scrollHeight > at.clientHeight) bars.push(at.className);
  }
  return bars;
}"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> HostPackages:
    return HostPackages(tmp_path_factory.mktemp("marimo"), "marimo>=0.20")


@pytest_asyncio.fixture(loop_scope="session")
async def marimo(
    packages: HostPackages, model: Demo, opencode_binary: Path, tmp_path: Path
) -> AsyncIterator[Callable[..., Marimo]]:
    """Starts marimo with a notebook."""
    started: list[Marimo] = []

    def start(mode: str, *cells: str, options: tuple[str, ...] = (), text: str | None = None) -> Marimo:
        env = {**model.env, **packages.env}
        started.append(host := Marimo(tmp_path / "home", env, notebook(cells) if text is None else text))
        host.start(mode, *options)
        return host

    yield start
    for host in started:
        await asyncio.to_thread(host.stop)


def widget_of(page: Page) -> Widget:
    return Widget(page.locator(".ocw"))


async def run_cell(page: Page, number: int = 0) -> None:
    await page.locator(".cm-content").nth(number).click()
    await page.keyboard.press("Control+Enter")


async def servers(host: Marimo, count: int, within: float = 60) -> None:
    async def are() -> bool:
        return host.servers() == count

    await eventually_async(are, within=within, what=f"{count} servers")


async def test_in_the_editor_menus_pickers_and_keys_work_and_the_output_has_no_scrollbar(
    marimo: Callable[..., Marimo], desktop: Browser
) -> None:
    host = marimo("edit", WIDGET.format(more=""))
    context = await desktop.new_context(viewport={"width": 1200, "height": 900})
    monitor = PageMonitor(context, allowed=host.url)
    page = await context.new_page()
    await page.goto(host.url)
    await run_cell(page)
    widget = widget_of(page)
    await widget.connected(STARTING)
    assert await widget.root.evaluate(OVERFLOW) == []
    await widget.button("New session").click()
    await widget.send("Look around")
    await expect(widget.answers.last).to_be_visible()
    await widget.idle()
    await widget.act("Rename")
    await page.keyboard.type("Renamed by mouse")
    await page.keyboard.press("Enter")
    await expect(widget.session("Renamed by mouse")).to_be_visible()
    await widget.choose("Model", "Scripted model")
    await widget.send("Why does test_split fail?")
    await expect(widget.answers.last).to_contain_text("parser.py")
    await widget.idle()
    await widget.act("Fork")
    await expect(widget.sessions.get_by_role("tab")).to_have_count(2)
    await expect(page.locator(".cm-content")).to_have_count(1)  # no key reached marimo, which would add a cell
    await picture(page, "marimo-light")
    assert await serious_faults(widget.root) == []
    errors, _ = monitor.take()
    assert [error for error in errors if "opencode" in error.lower() or "ocw" in error] == []
    await context.close()


async def test_a_cell_that_runs_again_changes_or_is_deleted_leaves_no_server(
    marimo: Callable[..., Marimo], desktop: Browser
) -> None:
    host = marimo("edit", "folder = '.'", "from opencode_widget import OpenCode\noc = OpenCode(folder)\noc")
    page = await desktop.new_page()
    await page.goto(host.url)
    for _ in range(3):
        await run_cell(page)  # marimo runs the dependent cell with it
        await run_cell(page, 1)
        await widget_of(page).connected(STARTING)
        await servers(host, 1)
    await page.locator(".cm-content").nth(1).click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("  # changed")
    await run_cell(page, 1)
    await widget_of(page).connected(STARTING)
    await servers(host, 1)
    await page.locator(".cm-content").nth(1).click()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    await page.keyboard.press("Shift+Backspace")
    await servers(host, 0)
    await page.close()


class WaitingCell:
    """A cell that runs until the test ends it.

    Args:
        folder: where its files are.
        pause: the statement with which it waits.
    """

    def __init__(self, folder: Path, pause: str) -> None:
        self._began, self._end = folder / "began", folder / "end"
        self.text = (
            f"import asyncio, pathlib, time\noc\npathlib.Path({str(self._began)!r}).touch()\n"
            f"while not pathlib.Path({str(self._end)!r}).exists():\n    {pause}"
        )

    async def runs(self) -> None:
        async def has_begun() -> bool:
            return self._began.exists()

        await eventually_async(has_begun, within=STARTING / 1000, what="the cell runs")

    def end(self) -> None:
        self._end.touch()


async def test_a_page_that_comes_while_a_cell_awaits_is_drawn_and_its_clicks_wait_for_the_cell(
    marimo: Callable[..., Marimo], desktop: Browser, tmp_path: Path
) -> None:
    cell = WaitingCell(tmp_path, "await asyncio.sleep(0.1)")
    host = marimo("edit", WIDGET.format(more=""), cell.text)
    page = await desktop.new_page(viewport={"width": 1200, "height": 900})
    await page.goto(host.url)
    await page.locator(".cm-content").first.click()
    await page.keyboard.press("Control+Shift+r")  # all cells in one request: the page's hello comes after it
    await cell.runs()
    widget = widget_of(page)
    await widget.connected(STARTING)
    await widget.send("Why does test_split fail?")
    await expect(widget.problems.filter(has_text="Kernel busy")).to_be_visible()
    cell.end()
    await expect(widget.answers.last).to_contain_text("parser.py")
    await expect(widget.asked).to_have_count(1)
    await expect(widget.problems.filter(has_text="Kernel busy")).to_have_count(0)
    await page.close()


@pytest.mark.parametrize("more", ["", "background=True"])
async def test_while_a_cell_blocks_the_page_says_that_clicks_wait_and_they_are_carried_out_after_it(
    marimo: Callable[..., Marimo], desktop: Browser, model: Demo, tmp_path: Path, more: str
) -> None:
    cell = WaitingCell(tmp_path, "time.sleep(0.1)")
    host = marimo("edit", WIDGET.format(more=more), cell.text)
    page = await desktop.new_page(viewport={"width": 1200, "height": 900})
    await page.goto(host.url)
    await run_cell(page)
    widget = widget_of(page)
    await widget.connected(STARTING)
    request = f"request-{tmp_path}"
    await widget.send(script(say("It began. "), gate(request), bash("true"), say("It was allowed.")))
    await expect(widget.answers.last).to_contain_text("It began.", timeout=STARTING)
    allow = widget.button("Allow once")
    if not more:  # the home loop is the kernel's: nothing comes while the cell blocks
        await model.open(request)
        await expect(allow).to_be_enabled()
    await run_cell(page, 1)
    await cell.runs()
    await model.open(request)
    await expect(allow).to_be_enabled()
    await allow.click()
    await expect(widget.problems.filter(has_text="Kernel busy")).to_be_visible()
    await picture(page, f"marimo-busy-{more or 'notebook'}")
    cell.end()
    await expect(widget.answers.last).to_contain_text("It was allowed.")
    await expect(widget.problems.filter(has_text="Kernel busy")).to_have_count(0)
    await expect(widget.asked).to_have_count(1)
    await page.close()


@pytest.mark.parametrize("more", ["", "background=True"])
async def test_a_server_ends_with_the_visit_of_an_app(
    marimo: Callable[..., Marimo], desktop: Browser, more: str
) -> None:
    host = marimo("run", WIDGET.format(more=more), options=("--session-ttl=2",))
    first, second = await desktop.new_page(), await desktop.new_page()
    for page in (first, second):
        await page.goto(host.url)
        await widget_of(page).connected(STARTING)
    await servers(host, 2)
    await second.reload()
    await widget_of(second).connected(STARTING)
    await servers(host, 2)
    for page in (first, second):
        await page.close()
    await servers(host, 0)


async def test_a_cell_that_depends_on_the_widget_runs_again_when_the_user_selects_another_session(
    marimo: Callable[..., Marimo], desktop: Browser
) -> None:
    host = marimo(
        "edit",
        "import marimo as mo\nruns = []",
        "from opencode_widget import OpenCode\noc = OpenCode()\nwidget = mo.ui.anywidget(oc)\nwidget",
        "runs.append(widget.active_session)\nmo.md(f'run {len(runs)}: {widget.value[\"active_session\"]} {runs[-1]}')",
    )
    page = await desktop.new_page(viewport={"width": 1200, "height": 900})
    await page.goto(host.url)
    widget, dependent = widget_of(page), page.locator(".markdown").filter(has_text="run ")
    for number in range(3):
        await run_cell(page, number)
    await widget.connected(STARTING)
    await widget.button("New session").click()
    await widget.send("Look around")
    await expect(dependent).to_have_text(re.compile(r"^run 2: (ses_\w+) \1$"))
    await widget.idle()
    first = await dependent.inner_text()
    await widget.button("New session").click()
    await widget.send("Look around")
    await expect(dependent).to_have_text(re.compile(r"^run 3: (ses_\w+) \1$"))
    await widget.idle()
    await widget.sessions.get_by_role("tab", selected=False).click()
    await expect(dependent).to_have_text(first.replace("run 2", "run 4"))
    await widget.send("Why does test_split fail?")  # no trait that a page sets changes
    await expect(widget.answers.last).to_contain_text("parser.py")
    await widget.idle()
    await expect(dependent).to_have_text(first.replace("run 2", "run 4"))
    await servers(host, 1)
    await page.close()


async def test_a_diagram_is_drawn(marimo: Callable[..., Marimo], desktop: Browser) -> None:
    host = marimo("run", WIDGET.format(more=""))
    page = await desktop.new_page(viewport={"width": 1200, "height": 900})
    await page.goto(host.url)
    widget = widget_of(page)
    await widget.connected(STARTING)
    await widget.send(script(say(fenced(FLOW)), title="A diagram"))
    await expect(widget.answers.last).to_contain_text("Look at this")
    await widget.idle()
    image = await draw(widget.answers.last.locator(".ocw-code"))
    await picture(page, "marimo-diagram")
    assert min(await size_of(image)) > 20
    await page.close()


async def test_the_example_runs(marimo: Callable[..., Marimo], desktop: Browser) -> None:
    host = marimo("run", text=(ROOT / "notebooks" / "marimo_quickstart.py").read_text())
    page = await desktop.new_page()
    await page.goto(host.url)
    await widget_of(page).connected(STARTING)
    await widget_of(page).button("New session").click()
    await widget_of(page).send("Look around")
    await expect(page.locator(".markdown").filter(has_text="On screen: ['New session")).to_be_visible()
    await widget_of(page).session("From a cell").click()
    await expect(page.locator(".markdown").filter(has_text="On screen: ['From a cell']")).to_be_visible()
    # In the widget, as the reply, and as the session.
    for place in (widget_of(page).answers.last, page.locator(".markdown").filter(has_text="never ends").last):
        await expect(place).to_contain_text("parser.py", timeout=STARTING)
    await page.close()
