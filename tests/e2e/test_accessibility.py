"""Checks every scene of the gallery with axe-core, light and dark; and the keys, in a real JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.axe import serious_faults
from .harness.gallery import PAGE, GalleryPages
from .harness.lab_browser import LabBrowser, attaches

SIZE = (1040, 760)
SCENES = (
    "full",
    "fresh",
    "empty",
    "starting",
    "lost",
    "off",
    "failed",
    "loading",
    "stream",
    "tools",
    "parts",
    "choices",
    "many",
    "turns",
    "asking",
    "questions",
    "form",
)
IN_VSCODE = ("full", "tools", "parts", "many", "asking")
THEMES = {"jp": ("light", "dark"), "vscode": ("light", "dark", "high-contrast", "high-contrast-light")}
PLACES = [
    *(("jp", scene, theme) for scene in SCENES for theme in THEMES["jp"]),
    *(("vscode", scene, theme) for scene in IN_VSCODE for theme in THEMES["vscode"]),
]
# The names of the animations that move something; changes of colour or opacity do not count.
MOVING = """() => {
  const moves = ({ effect }) => effect.getKeyframes().some((frame) => 'transform' in frame || 'translate' in frame);
  return [...new Set(document.getAnimations().filter(moves).map((each) => each.animationName ?? 'transition'))];
}"""


async def is_still(page: Page) -> bool:
    moving: list[str] = await page.evaluate(MOVING)
    return not moving


async def transform(mark: Locator) -> str:
    found: str = await mark.evaluate("(mark) => getComputedStyle(mark).transform")
    return found


@pytest.mark.parametrize(("host", "scene", "theme"), PLACES)
async def test_axe_finds_nothing_serious(pages: GalleryPages, host: str, scene: str, theme: str) -> None:
    async with pages.seat(*SIZE) as seat:
        page = seat.page
        await page.goto(f"{pages.address}{PAGE}?scene={scene}&theme={theme}&host={host}&width=1000&height=700&open=all")
        await page.locator("#here .ocw").wait_for()
        await page.wait_for_timeout(300)  # colours fade in
        assert await serious_faults(page.locator("#here")) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", ["jp", "vscode"])
async def test_axe_finds_nothing_serious_in_a_review(pages: GalleryPages, host: str, theme: str) -> None:
    async with pages.seat(*SIZE) as seat:
        page = seat.page
        await page.goto(f"{pages.address}{PAGE}?scene=full&theme={theme}&host={host}&width=1000&height=700")
        await page.get_by_role("button", name="Review changes").click()
        panel = page.get_by_role("dialog", name="Changes")
        await panel.get_by_role("button", name="parser.py").click()
        await expect(panel.locator(".hljs-keyword").first).to_be_visible()
        await page.wait_for_timeout(300)  # colours fade in
        assert await serious_faults(panel) == []


@pytest.mark.parametrize(("wish", "turns"), [("no-preference", True), ("reduce", False)])
async def test_nothing_turns_or_moves_for_who_does_not_want_it(
    pages: GalleryPages, wish: Literal["no-preference", "reduce"], turns: bool
) -> None:
    async with pages.seat(*SIZE, reduced_motion=wish) as seat:
        page = seat.page
        await page.goto(f"{pages.address}{PAGE}?scene=full&width=1000&height=700&open=all")
        spinner = page.locator(".ocw-spinner").first
        await spinner.wait_for()
        # A fold turns its mark once when it opens; an endless animation would make the browser compose the page all the time.
        await eventually_async(lambda: is_still(page), within=10)
        seen = {await transform(spinner)}
        await page.wait_for_timeout(300)
        seen.add(await transform(spinner))
        assert (len(seen) == 2) is turns
        assert turns or seen == {"none"}


async def test_the_notebooks_shortcuts_do_not_fire_from_inside_and_ours_not_outside(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    cells = widget.page.locator(".jp-Notebook .jp-Cell")
    count = await cells.count()
    await widget.button("New session").click()
    await expect(widget.prompt).to_be_visible()
    await widget.instance("project").focus()
    for key in ("a", "b", "d", "d", "x", "Shift+Enter"):
        await widget.page.keyboard.press(key)
    await widget.prompt.focus()
    await widget.page.keyboard.type("a b dd")
    await expect(widget.prompt).to_have_value("a b dd")
    assert await cells.count() == count
    await widget.page.evaluate("() => document.activeElement.blur()")
    await widget.page.keyboard.press("Control+f")
    await expect(widget.root.get_by_role("search")).to_have_count(0)
