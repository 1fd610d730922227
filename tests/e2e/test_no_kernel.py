"""Where no kernel answers, the widget says so: a kernel that was shut down, a notebook that is opened again, an exported page."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tarfile
from itertools import cycle
from pathlib import Path

import anywidget
import pytest
from playwright.async_api import Browser, Route, expect

from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.axe import serious_faults
from .harness.lab_browser import IMPORT, LabBrowser, attaches
from .harness.notebook import Notebook
from .harness.notebook_file import notebook_json
from .harness.page_monitor import PageMonitor
from .harness.widget import Widget, widget_in

SAVED = "this is the saved state; run the cell to use it"
# What an exported page loads from the internet, and the packages of npm that have the same files.
SCRIPTS = {
    r"/require(\.min)?\.js$": ("requirejs@2", "package/require.js"),
    r"/@jupyter-widgets/html-manager@.*/embed-amd\.js$": (
        "@jupyter-widgets/html-manager@1",
        "package/dist/embed-amd.js",
    ),
}
ANYWIDGET = Path(anywidget.__file__).parents[4] / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"


async def run(*arguments: str, folder: Path, **env: str) -> None:
    """Run Python with these arguments."""
    await asyncio.to_thread(
        subprocess.run, [sys.executable, *arguments], cwd=folder, env={**os.environ, **env}, check=True
    )


async def saved_notebook(server: RealServer, project: Path, file: Path) -> None:
    """A notebook as nbclient saves it: with the widget's state, connected."""
    attach = f"{IMPORT}oc = {attaches(server.url, server, project)}\nawait oc.ready()\n"
    text = notebook_json([f"{attach}session = await oc.new_session('Kept')\noc"])
    await asyncio.to_thread(file.write_text, text)
    await run("-m", "nbconvert", "--execute", "--to", "notebook", "--inplace", file.name, folder=file.parent)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The texts of `SCRIPTS`, by their patterns, as a browser with internet would load them."""
    folder = tmp_path_factory.mktemp("scripts")
    texts = {r"/anywidget@.*/index\.js$": ANYWIDGET.read_bytes()}
    for pattern, (package, member) in SCRIPTS.items():
        packed = subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
        )
        with tarfile.open(folder / packed.stdout.strip()) as archive:
            file = archive.extractfile(member)
            assert file is not None
            texts[pattern] = file.read()
    return texts


async def is_what_was_saved(widget: Widget) -> None:
    """It says so, is grey, and claims no connection."""
    await expect(widget.problems.filter(has_text=SAVED)).to_be_visible()
    await expect(widget.root.locator(".ocw-unconfirmed")).to_be_visible()
    await expect(widget.root.get_by_text("Connected", exact=True)).to_have_count(0)
    await expect(widget.instances.get_by_role("tab")).to_have_count(1)
    await expect(widget.session("Kept")).to_be_visible()
    assert await serious_faults(widget.root) == []


async def test_a_kernel_that_was_shut_down_from_the_menu_is_noticed(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    for item in ("Kernel", "Shut Down Kernel"):
        await widget.page.get_by_role("menuitem", name=item, exact=True).click()
    gone = widget.root.get_by_text("The kernel has stopped. Run the cell again to reconnect.")
    places = cycle([(100, 100), (110, 100)])

    async def is_noticed() -> bool:
        x, y = next(places)
        await widget.root.hover(position={"x": x, "y": y})  # the pointer moves within the widget
        return await gone.is_visible()

    await eventually_async(is_noticed, within=20, what="the end of the kernel in the widget")
    await expect(widget.root.get_by_text("Connected", exact=True)).to_have_count(0)


async def test_a_saved_notebook_that_is_opened_again_shows_what_was_saved(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    lab = lab_browser.lab
    await saved_notebook(server, project, lab.work / "saved.ipynb")
    await run("-m", "nbformat.sign", "saved.ipynb", folder=lab.work, JUPYTER_DATA_DIR=str(lab.data))
    opened = await Notebook.open(await lab_browser.context.new_page(), lab.url, "saved.ipynb")
    await is_what_was_saved(Widget(widget_in(opened.page).root))


async def test_an_exported_page_shows_what_was_saved(
    browser: Browser, server: RealServer, project: Path, tmp_path: Path, scripts: dict[str, bytes]
) -> None:
    await saved_notebook(server, project, tmp_path / "saved.ipynb")
    await run("-m", "nbconvert", "--to", "html", "saved.ipynb", folder=tmp_path)

    async def load(route: Route) -> None:
        found = [text for pattern, text in scripts.items() if re.search(pattern, route.request.url)]
        if found:
            await route.fulfill(body=found[0], content_type="text/javascript")
        else:
            await route.abort()

    context = await browser.new_context(viewport={"width": 1200, "height": 900})
    monitor = PageMonitor(context, "", ("Failed to load resource",))
    await context.route(re.compile("^https://"), load)
    page = await context.new_page()
    await page.goto((tmp_path / "saved.html").as_uri())
    await is_what_was_saved(Widget(page.locator(".ocw")))
    errors, _ = monitor.take()
    assert errors == []
    await context.close()
