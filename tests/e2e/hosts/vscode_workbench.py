"""In a real VS Code workbench: its colours and font, keys and menus. For the night: npm installs 400 MB first.

    python -m pytest tests/e2e/hosts/vscode_workbench.py

`$VSCODE_HOST` names a folder in which the workbench is, or shall be, installed; without it, one is made for this run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, expect

from tests.support.wait import eventually_async

from ..harness.notebook_file import notebook_json
from ..harness.widget import Widget
from .packages import ROOT
from .vscode import VsCode, Workbench

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [pytest.mark.timeout(900)]

STARTING = 120_000  # milliseconds
CELL = "from opencode_widget import OpenCode\noc = OpenCode()\noc"
NAME = "host.ipynb"
# What is drawn, beside what VS Code says that its colours are.
COLOURS = """(root) => {
  const of = (element) => getComputedStyle(element);
  const host = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const colour = of(probe).color;
    probe.remove();
    return colour;
  };
  return {
    theme: root.dataset.theme,
    ground: of(root.querySelector(".ocw-frame")).backgroundColor,
    text: of(root).color,
    hostGround: host("--vscode-editor-background"),
    hostText: host("--vscode-foreground"),
    font: of(root).fontFamily,
    hostFont: of(document.documentElement).getPropertyValue("--vscode-font-family"),
    around: of(root.closest(".cell-output-ipywidget-background")).backgroundColor,
  };
}"""


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    named = os.environ.get("VSCODE_HOST")
    return Workbench(Path(named) if named else tmp_path_factory.mktemp("workbench"))


@pytest.fixture
def theme(request: pytest.FixtureRequest) -> str:
    name: str = getattr(request, "param", "Default Dark Modern")
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def vscode(
    workbench: Workbench, model: Demo, opencode_binary: Path, tmp_path: Path, theme: str
) -> AsyncIterator[VsCode]:
    host = VsCode(workbench, tmp_path / "vscode", {**model.env, "PYTHONPATH": str(ROOT)}, theme)
    (host.work / NAME).write_text(notebook_json([CELL]))
    host.start()
    yield host
    await asyncio.to_thread(host.stop)


async def open_notebook(page: Page) -> None:
    """Open it by a double click. As long as the workbench has not loaded its extensions, it opens a notebook as text."""
    run = page.get_by_role("button", name="Run All").first

    async def is_open() -> bool:
        for tab in await page.locator(".tab .codicon-close").all():
            await tab.click()
        await page.get_by_role("treeitem", name=NAME).dblclick(timeout=STARTING)
        try:
            await expect(run).to_be_visible(timeout=6_000)
        except AssertionError:
            return False
        return True

    await eventually_async(is_open, within=120, what="a notebook in the notebook editor")


async def run_all(page: Page) -> Widget:
    await page.get_by_role("button", name="Run All").first.click()
    return await widget_in(page)


async def widget_in(page: Page) -> Widget:
    """The widget, in whichever frame of the page it is."""
    found: list[Frame] = []

    async def is_there() -> bool:
        found[:] = [frame for frame in page.frames if await frame.locator(".ocw").count()]
        return bool(found)

    await eventually_async(is_there, within=120, what="a widget in a frame")
    widget = Widget(found[0].locator(".ocw"))
    await widget.connected(STARTING)
    return widget


@pytest.mark.parametrize(
    ("theme", "kind"),
    [
        ("Default Dark Modern", "dark"),
        ("Default Light Modern", "light"),
        ("Default High Contrast", "dark"),
        ("Default High Contrast Light", "light"),
    ],
    indirect=["theme"],
)
async def test_it_has_the_colours_and_the_font_of_the_theme(vscode: VsCode, desktop: Browser, kind: str) -> None:
    page = await desktop.new_page(viewport={"width": 1300, "height": 900})
    await page.goto(vscode.url)
    await open_notebook(page)
    widget = await run_all(page)
    seen = await widget.root.evaluate(COLOURS)
    assert seen["theme"] == kind
    assert seen["ground"] == seen["hostGround"]
    assert seen["text"] == seen["hostText"]
    assert seen["font"].replace('"', "") == seen["hostFont"].replace('"', "")
    assert seen["around"] == "rgba(0, 0, 0, 0)", "no white ground around it"
    await page.close()


async def test_keys_and_menus_work(vscode: VsCode, desktop: Browser) -> None:
    page = await desktop.new_page(viewport={"width": 1300, "height": 900})
    await page.goto(vscode.url)
    await open_notebook(page)
    widget = await run_all(page)
    await widget.prompt.click()
    await page.keyboard.type("Why does test_split fail?")
    await page.keyboard.press("Enter")
    await expect(widget.answers.last).to_contain_text("parser.py", timeout=STARTING)
    await widget.idle()
    await widget.act("Rename")
    await page.keyboard.type("Renamed in VS Code")
    await page.keyboard.press("Enter")
    await expect(widget.session("Renamed in VS Code")).to_be_visible()
    await page.close()
