"""In a real JupyterLite, whose kernel runs in the browser: a recording plays, and servers are refused in words.

For the night: pip and npm install 60 MB first, and the kernel needs half a minute to start.

    python -m pytest tests/e2e/hosts/jupyterlite.py
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from ..harness.notebook import CellFailed, Notebook
from ..harness.page_monitor import PageMonitor
from ..harness.widget import Widget
from .lite_site import BUILDER, LiteSite, install_cell
from .packages import ROOT, HostPackages
from .pictures import picture

pytestmark = [pytest.mark.timeout(900)]

RECORDING = (ROOT / "notebooks" / "replay.jsonl").read_text()
# JupyterLite reads no file whose ending it does not know.
FILES = {"replay.txt": RECORDING, "replay.jsonl": RECORDING}
PLAY = "from opencode_widget import OpenCode\noc = OpenCode.replay('replay.txt', speed=2)\noc"
COUNT = "await oc.replayed()\nprint([len(session.messages) for session in oc.sessions])"
FAILS = {
    "OpenCode()": "can neither start OpenCode nor connect to a running one",
    "OpenCode.demo()": "can neither start OpenCode nor connect to a running one",
    "OpenCode.replay('replay.txt', background=True)": "make it without background=True",
    "OpenCode.replay('replay.jsonl')": "name the file .txt",
    "oc.record('again.jsonl')": "it is a recording already",
    "await oc.new_session('New')": "This is a replay",
}
STARTING = 180_000  # milliseconds
OWN_ERRORS = (r"/favicon\S*\.ico",)  # JupyterLite has none


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteSite]:
    packages = HostPackages(tmp_path_factory.mktemp("packages"), *BUILDER)
    site = LiteSite(tmp_path_factory.mktemp("site"), packages, FILES, install_cell(), PLAY, COUNT, *FAILS)
    site.start()
    yield site
    site.stop()


async def opened(page: Page, site: LiteSite) -> Notebook:
    await page.goto(site.notebook)
    notebook = Notebook(page, "host.ipynb")
    await notebook.ready()
    await notebook.run(0)
    return notebook


async def test_a_recording_plays_in_the_browser_alone(site: LiteSite, desktop: Browser) -> None:
    context = await desktop.new_context(viewport={"width": 1200, "height": 900})
    monitor = PageMonitor(context, site.url, OWN_ERRORS)
    page = await context.new_page()
    page.set_default_timeout(STARTING)
    notebook = await opened(page, site)
    await notebook.run(1)
    widget = Widget(page.locator(".ocw"))
    await expect(widget.root.get_by_role("status").filter(has_text="Replay")).to_be_visible(timeout=STARTING)
    await widget.watch_growth()
    await expect(widget.log).to_contain_text("switch quoting off", timeout=30_000)
    assert len(set(await widget.growth())) > 10, "it streams"
    assert (await notebook.run(2)).strip() == "[9, 4]"
    await expect(widget.log.get_by_role("article").first).to_contain_text("Why does test_split fail?")
    await expect(widget.log.get_by_role("article").last).to_contain_text("The sub-agent is back.")
    await expect(widget.prompt).to_be_disabled()
    await picture(page, "jupyterlite")
    for cell, words in enumerate(FAILS.values(), 3):
        with pytest.raises(CellFailed) as failed:
            await notebook.run(cell)
        assert words in str(failed.value)
    await context.close()
    errors, strangers = monitor.take()
    assert (errors, strangers) == ([], [])
