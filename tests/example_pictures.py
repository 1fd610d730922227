"""Makes the pictures of the example notebooks anew, which the documentation shows: `python -m tests.example_pictures`.

They are run in a real JupyterLab, with a real server and the scripted model.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import nbformat
from playwright.async_api import Locator, async_playwright, expect

from .e2e.harness.browser import launch
from .e2e.harness.lab_browser import LabBrowser
from .e2e.harness.notebook import CellFailed, Notebook
from .pictures import PATIENCE, desk

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "docs" / "pages" / "pictures"
OUTPUTS = ".jp-OutputArea"


async def main() -> None:
    """All pictures."""
    PLACE.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright.chromium)
        async with desk(browser) as lab_browser:
            await picture_table(lab_browser, "many_prompts", "batch")
            await picture_table(lab_browser, "compare_models", "compare")
            await picture_error(lab_browser)
        await browser.close()


def cells(name: str) -> list[str]:
    """The code of an example notebook."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


async def picture_table(lab_browser: LabBrowser, name: str, to: str) -> None:
    """The table that the second cell returns."""
    notebook = await lab_browser.open(*cells(name)[:2])
    await notebook.run(0)
    await notebook.run(1)
    await save(notebook.cell(1).locator(".jp-OutputArea-child", has=notebook.page.locator("table")), to)


async def picture_error(lab_browser: LabBrowser) -> None:
    """The bar after a cell has failed, and what stays of the conversation without a kernel."""
    notebook = await lab_browser.open(*cells("fix_the_failing_cell")[:2])
    page = notebook.page
    await notebook.run(0)
    with suppress(CellFailed):
        await notebook.run(1)
    ask = page.get_by_role("button", name="Ask about this error")
    await ask.wait_for(timeout=PATIENCE)
    await save(page.locator(".ocw"), "error-bar")
    await ask.click()
    prompt = page.get_by_role("textbox", name="Prompt")
    await prompt.fill("Fix what this cell tests: @error")
    await page.get_by_role("button", name="Send").click()  # Enter would accept what is offered for the name
    await expect(page.locator(".ocw")).to_contain_text("quoted = not quoted", timeout=PATIENCE)
    await page.get_by_role("button", name="Stop").wait_for(timeout=PATIENCE, state="hidden")
    await expect(page.locator(".opencode-transcript")).to_contain_text("Run the tests", timeout=PATIENCE)
    await notebook.save()
    for item in ("Kernel", "Shut Down Kernel"):
        await page.get_by_role("menuitem", name=item, exact=True).click()
    opened = await Notebook.open(await lab_browser.context.new_page(), lab_browser.lab.url, notebook.name)
    await save(opened.page.locator(".opencode-transcript"), "transcript")


async def save(what: Locator, name: str) -> None:
    await expect(what).to_be_visible(timeout=PATIENCE)
    await what.scroll_into_view_if_needed()
    await what.page.wait_for_timeout(500)
    await what.screenshot(path=PLACE / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
