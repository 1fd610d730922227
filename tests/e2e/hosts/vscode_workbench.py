"""In a real VS Code workbench: its colours and font, keys, menus, copying, a window that is loaded again, ipykernel 6.

For the night: npm installs 400 MB first, which takes some minutes.

    python -m pytest tests/e2e/hosts/vscode_workbench.py

`$VSCODE_HOST` names a folder in which the workbench is, or shall be, installed; without it, one is made for this run.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, expect

from tests.support.scripts import say, script
from tests.support.wait import eventually_async

from ..harness.axe import serious_faults
from ..harness.diagrams import FLOW, draw, fenced, size_of
from ..harness.notebook_file import notebook_json
from ..harness.page_monitor import PageMonitor
from ..harness.widget import Widget
from .packages import ROOT, HostPackages
from .pictures import picture
from .vscode import VsCode, Workbench

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [pytest.mark.timeout(900)]

STARTING = 120_000  # milliseconds
CELL = "from opencode_widget import OpenCode\noc = OpenCode()\noc"
NAME = "host.ipynb"
# The widget's code is loaded from a blob.
OURS = r"(?i)opencode|\bocw\b|anywidget|\(blob:|notebook-host"
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


@pytest.fixture
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables with which kernels find their packages: as they are installed, or with those of the parameter."""
    more: str | None = getattr(request, "param", None)
    return {"PYTHONPATH": str(ROOT)} if more is None else HostPackages(tmp_path_factory.mktemp("python"), more).env


@pytest_asyncio.fixture(loop_scope="session")
async def vscode(
    workbench: Workbench, model: Demo, opencode_binary: Path, tmp_path: Path, theme: str, python: dict[str, str]
) -> AsyncIterator[VsCode]:
    host = VsCode(workbench, tmp_path / "vscode", {**model.env, **python}, theme)
    (host.work / NAME).write_text(notebook_json([CELL]))
    host.start()
    yield host
    await asyncio.to_thread(host.stop)


@pytest_asyncio.fixture(loop_scope="session")
async def page(vscode: VsCode, desktop: Browser) -> AsyncIterator[Page]:
    """The workbench in a window; at the end it may have reported no error of ours."""
    context = await desktop.new_context(viewport={"width": 1300, "height": 900})
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    monitor = PageMonitor(context, vscode.url)
    page = await context.new_page()
    await page.goto(vscode.url)
    yield page
    await context.close()
    errors, _ = monitor.take()
    assert [error for error in errors if re.search(OURS, error)] == []


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
    await expect(page.get_by_text("Python 3", exact=True).first).to_be_visible(
        timeout=STARTING
    )  # what runs cells is there
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
async def test_it_has_the_colours_and_the_font_of_the_theme(page: Page, theme: str, kind: str) -> None:
    await open_notebook(page)
    widget = await run_all(page)
    await ask(widget)
    seen = await widget.root.evaluate(COLOURS)
    assert seen["theme"] == kind
    assert seen["ground"] == seen["hostGround"]
    assert seen["text"] == seen["hostText"]
    assert seen["font"].replace('"', "") == seen["hostFont"].replace('"', "")
    assert seen["around"] == "rgba(0, 0, 0, 0)", "no white ground around it"
    await picture(page, "vscode-" + re.sub(r"\W+", "-", theme.removeprefix("Default ")).lower())
    assert await serious_faults(widget.root) == []


@pytest.mark.parametrize("python", [None, "ipykernel==6.31.0"], indirect=True)
async def test_keys_menus_and_permissions_work(page: Page) -> None:
    await open_notebook(page)
    widget = await run_all(page)
    await ask(widget)
    await widget.act("Rename")
    await page.keyboard.type("Renamed in VS Code")
    await page.keyboard.press("Enter")
    await expect(widget.session("Renamed in VS Code")).to_be_visible()
    await widget.send("Run the tests")
    await widget.button("Allow once").click()
    await expect(widget.answers.last).to_contain_text("Ran ")


async def test_what_is_copied_can_be_pasted_and_the_widget_is_back_after_a_reload(page: Page) -> None:
    await open_notebook(page)
    widget = await run_all(page)
    await ask(widget)
    await widget.prompt.fill("Copied by keys")
    for keys in ("Control+a", "Control+x", "Control+v", "Control+v"):
        await page.keyboard.press(keys)
    await expect(widget.prompt).to_have_value("Copied by keys" * 2)
    await widget.prompt.fill("")
    await widget.answers.last.hover()
    await widget.answers.last.get_by_role("button", name="Copy as Markdown").click()
    await widget.prompt.focus()
    await page.keyboard.press("Control+v")
    await expect(widget.prompt).to_have_value(re.compile("parser.py"))
    await page.locator(".cell .monaco-editor").first.click()
    await page.keyboard.press("Control+s")
    await page.reload()
    again = await widget_in(page)
    await expect(again.answers.last).to_contain_text("parser.py", timeout=STARTING)
    await open_notebook(page)  # closes the notebook first
    again = await widget_in(page)
    await expect(again.answers.last).to_contain_text("parser.py", timeout=STARTING)


async def test_a_diagram_is_drawn(page: Page) -> None:
    await open_notebook(page)
    widget = await run_all(page)
    await widget.prompt.fill(script(say(fenced(FLOW)), title="A diagram"))
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Look at this", timeout=STARTING)
    await widget.idle()
    image = await draw(widget.answers.last.locator(".ocw-code"))
    assert min(await size_of(image)) > 20
    await picture(page, "vscode-diagram")


async def ask(widget: Widget) -> None:
    await widget.prompt.click()
    await widget.page.keyboard.type("Why does test_split fail?")
    await widget.page.keyboard.press("Enter")
    await expect(widget.answers.last).to_contain_text("parser.py", timeout=STARTING)
    await widget.idle()
