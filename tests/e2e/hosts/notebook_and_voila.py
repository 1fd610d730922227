"""In a real Notebook 7 and a real Voila: the widget draws, streams, asks, fits its output, is accessible, and knows the notebook.

For the night: pip installs 250 MB first.

    python -m pytest tests/e2e/hosts/notebook_and_voila.py
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.scripts import say, script
from tests.support.wait import eventually_async

from ..harness.axe import serious_faults
from ..harness.notebook import CellFailed, Notebook
from ..harness.page_monitor import PageMonitor
from ..harness.scrollbars import scrollbars_around
from ..harness.widget import Widget
from ..test_cells import UNDO, below
from ..test_transcript import in_document
from .jupyter_apps import NAME, JupyterApp
from .packages import HostPackages
from .pictures import picture

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [pytest.mark.timeout(600)]

STARTING = 120_000  # milliseconds: the host, its kernel and OpenCode start
CELL = "from opencode_widget import OpenCode\noc = OpenCode()\noc"
DARK = "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
# Errors that these hosts report by themselves, without any widget.
OWN_ERRORS = (
    r"cdn\.jsdelivr\.net/npm/@fortawesome",  # Voila's icons
    r"The getter for the shared module is not a function",  # Voila loads what Notebook 7 brought for itself
    r"/voila/api/shutdown/",  # Voila asks its server to end the kernel when a page is left, and is refused
    r"reading 'schema'|\[yjs#509\]",  # Notebook 7, before any widget
    r"widget model not found",  # a notebook is opened whose kernel has gone
    # Notebook 7 looks for the schemas of its settings where Python is installed, and finds them not in the packages' folder.
    r"/settings/@jupyter-notebook/|Schema not found: \S+@jupyter-notebook|for the layout restorer",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> HostPackages:
    return HostPackages(tmp_path_factory.mktemp("apps"), "notebook>=7,<8", "voila>=0.5,<0.6")


@pytest_asyncio.fixture(loop_scope="session")
async def app(
    packages: HostPackages, model: Demo, opencode_binary: Path, tmp_path: Path
) -> AsyncIterator[Callable[..., JupyterApp]]:
    """A host on a notebook with the given cells, to be started."""
    made: list[JupyterApp] = []

    def make(*cells: str) -> JupyterApp:
        made.append(app := JupyterApp(tmp_path / "home", {**model.env, **packages.env}, *cells))
        return app

    yield make
    for each in made:
        await asyncio.to_thread(each.stop)


@asynccontextmanager
async def page_of(desktop: Browser, app: JupyterApp) -> AsyncIterator[Page]:
    """A page; at the end it may have reported no error but the host's own, and asked nobody else."""
    context = await desktop.new_context(viewport={"width": 1200, "height": 900})
    monitor = PageMonitor(context, app.url, OWN_ERRORS)
    page = await context.new_page()
    yield page
    await context.close()
    errors, strangers = monitor.take()
    assert not errors, "\n".join(errors)
    assert [url for url in strangers if "@fortawesome" not in url] == []


@asynccontextmanager
async def notebook_of(desktop: Browser, host: JupyterApp) -> AsyncIterator[Notebook]:
    """The host's notebook in Notebook 7, whose first cell has run."""
    address = host.start_notebook()
    async with page_of(desktop, host) as page:
        await page.goto(address)
        notebook = Notebook(page, NAME)
        await notebook.ready()
        await notebook.run(0)
        yield notebook


async def ask(page: Page) -> Widget:
    """Ask something that streams, and something that waits for a permission."""
    widget = Widget(page.locator(".ocw"))
    await widget.connected(STARTING)
    await widget.button("New session").click()
    await widget.watch_growth()
    await widget.send("Why does test_split fail?")
    await expect(widget.answers.last).to_contain_text("parser.py")
    await widget.idle()
    assert len(await widget.growth()) > 10, "the answer streamed"
    await widget.send("Run the tests")
    await widget.button("Allow once").click()
    await widget.idle()
    return widget


async def fits(widget: Widget, page: Page, host: str, theme: str) -> None:
    await expect(widget.root).to_have_attribute("data-theme", theme)
    await picture(page, f"{host}-{theme}")
    assert await scrollbars_around(widget.root) == []
    assert await serious_faults(widget.root) == []


async def test_notebook_7(app: Callable[..., JupyterApp], desktop: Browser) -> None:
    async with notebook_of(desktop, app(CELL)) as notebook:
        page = notebook.page
        widget = await ask(page)
        await fits(widget, page, "notebook7", "light")
        await page.evaluate(DARK)
        await fits(widget, page, "notebook7", "dark")
        await notebook.reload()
        await expect(widget.answers.first).to_contain_text("parser.py", timeout=STARTING)
        await widget.connected(STARTING)


async def test_at_home_in_notebook_7(app: Callable[..., JupyterApp], desktop: Browser) -> None:
    host = app(CELL, "rows = [1, 2, 3]", "1 / 0")
    async with notebook_of(desktop, host) as notebook:
        page = notebook.page
        widget = Widget(page.locator(".ocw"))
        await widget.connected(STARTING)
        await notebook.run(1)
        await names_are_offered(widget)
        with pytest.raises(CellFailed):
            await notebook.run(2)
        await widget.button("Ask about this error").click()
        await expect(widget.prompt).to_have_value("@error ")
        await widget.send(script(say("So:\n\n```python\nrows = []\n```\n")))
        await widget.idle()
        before = await below(page)
        await widget.answers.last.get_by_role("button", name="Insert as cell below").click()
        await eventually_async(lambda: has_cells(page, "rows = []", *sources(before)), within=10, what="the new cell")
        await page.evaluate(UNDO)
        assert await below(page) == before
        await in_document(page, "rows = []")
        await expect(page.locator(".opencode-transcript")).to_be_hidden()
        await notebook.save()
    await asyncio.to_thread(host.stop)  # and its kernel
    address = host.start_notebook()
    async with page_of(desktop, host) as page:
        await page.goto(address)
        await Notebook(page, NAME).ready()
        await expect(page.locator(".opencode-transcript")).to_contain_text("rows = []")
        await expect(page.locator(".opencode-transcript")).to_be_visible()


async def names_are_offered(widget: Widget) -> None:
    """A name is completed, and a chip shows what it stands for."""
    await widget.prompt.press_sequentially("Why @ro")
    offered = widget.root.get_by_role("listbox", name="Mentions")
    await expect(offered.get_by_role("option", name="var:rows")).to_contain_text("list, 3 entries")
    await widget.prompt.press("Enter")
    await expect(widget.root.get_by_role("list", name="Named")).to_contain_text("@var:rows")
    await widget.prompt.fill("")


async def has_cells(page: Page, *wanted: str) -> bool:
    return sources(await below(page)) == list(wanted)


def sources(cells: list[dict[str, Any]]) -> list[str]:
    return [cell["source"] for cell in cells]


async def test_voila(app: Callable[..., JupyterApp], desktop: Browser) -> None:
    host = app(CELL)
    address = host.start_voila()
    async with page_of(desktop, host) as page:
        await page.goto(address)
        await fits(await ask(page), page, "voila", "light")
        await page.goto(f"{address}?theme=dark")  # another kernel, with a server of its own
        await fits(await ask(page), page, "voila", "dark")
