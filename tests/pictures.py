"""Makes the README's pictures anew: `python -m tests.pictures`.

One of a session in a real JupyterLab, with a real server and the scripted model; and every kind of part and tool that was recorded, drawn
in light and dark.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, FloatRect, Page, Route, async_playwright, expect

from opencode_widget.server.process.install import install
from tests.gallery import recorded

from .e2e.harness.browser import launch
from .e2e.harness.context_pool import SharedContext
from .e2e.harness.gallery import PAGE, serve_gallery
from .e2e.harness.lab import Lab
from .e2e.harness.lab_browser import LabBrowser

PLACE = Path(__file__).parent.parent / ".github"
CELLS = (
    "from opencode_widget import OpenCode\n\noc = OpenCode.demo(height=640)\noc",
    'session = await oc.new_session()\nreply = await session.ask("Why does test_split fail?")\nreply.tokens',
)
WIDTH, HEIGHT = 1000, 16_000
PATIENCE = 60_000


async def main() -> None:
    """All pictures."""
    PLACE.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright.chromium)
        for theme in ("light", "dark"):
            await picture_recordings(browser, theme)
        async with desk(browser) as item:
            await picture_session(item)
        await browser.close()


@asynccontextmanager
async def desk(browser: Browser) -> AsyncIterator[LabBrowser]:
    """A JupyterLab of its own."""
    binary = await asyncio.to_thread(install, print)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab", {"OPENCODE_WIDGET_BINARY": str(binary)})
        await asyncio.to_thread(lab.start)
        context = await browser.new_context(viewport={"width": 1300, "height": 900})
        try:
            yield LabBrowser(SharedContext(context, lab), lab)
        finally:
            await context.close()
            await asyncio.to_thread(lab.stop)


async def picture_session(lab_browser: LabBrowser) -> None:
    """A question answered, an edit, and a command that waits to be allowed."""
    notebook = await lab_browser.open(*CELLS)
    page = notebook.page
    await notebook.run(0)
    await notebook.run(1)
    prompt = page.get_by_role("textbox", name="Prompt")
    stop = page.get_by_role("button", name="Stop")
    await prompt.fill("Now fix it")
    await prompt.press("Enter")
    await stop.wait_for(timeout=PATIENCE)
    await stop.wait_for(timeout=PATIENCE, state="hidden")
    await prompt.fill("Run the tests")
    await prompt.press("Enter")
    await page.get_by_role("button", name="Allow once").wait_for(timeout=PATIENCE)
    await page.locator(".jp-Cell").first.scroll_into_view_if_needed()
    await page.wait_for_timeout(1000)
    await page.screenshot(path=PLACE / "screenshot.png")


async def picture_recordings(browser: Browser, theme: str) -> None:
    """What `tests/e2e/test_gallery.py` checks, to be looked at."""
    scene = recorded.scene()

    async def answer(route: Route) -> None:
        await route.fulfill(json=scene)

    page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT + 40})
    await page.route("**/recorded.json", answer)
    with serve_gallery() as address:
        await page.goto(f"{address}{PAGE}?data=recorded.json&theme={theme}&open=all&height={HEIGHT}&width={WIDTH - 32}")
        await expect(page.get_by_role("article")).to_have_count(len(scene["transcript"]["messages"]))
        await page.wait_for_timeout(1000)
        await page.screenshot(path=PLACE / f"gallery-{theme}.png", clip=await extent(page))
    await page.close()


async def extent(page: Page) -> FloatRect:
    """The conversation, without the emptiness under it."""
    log = await page.get_by_role("log").bounding_box()
    last = await page.get_by_role("article").last.bounding_box()
    assert log is not None
    assert last is not None
    return {"x": log["x"], "y": log["y"], "width": log["width"], "height": last["y"] + last["height"] + 16 - log["y"]}


if __name__ == "__main__":
    asyncio.run(main())
