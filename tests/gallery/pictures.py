"""Pictures of every state of the page, to be looked at: `python -m tests.gallery.pictures [--only STATE ...] [--to FOLDER]`.

Each state at three widths and as low as the widget can be, in light and dark. A person looks at them: no picture in the repository could be
compared with these by pixels, as their letters are those of the machine's fonts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from pathlib import Path

from playwright.async_api import Browser, Error, Page, async_playwright

from tests.e2e.harness.browser import launch
from tests.e2e.harness.gallery import PAGE, serve_gallery

from .states import STATES, State

FOLDER = Path(__file__).parents[1] / "artifacts" / "pictures"
SIZES = ((1400, 600), (900, 600), (420, 600), (320, 240))
THEMES = ("light", "dark")
MARGIN = 32
NOW = "2026-03-02T10:30:00"
PATIENCE = 15_000


async def take(browser: Browser, address: str, name: str, folder: Path) -> None:
    """One state in all sizes and themes."""
    for (width, height), theme in itertools.product(SIZES, THEMES):
        page = await browser.new_page(
            viewport={"width": width + MARGIN, "height": height + MARGIN}, reduced_motion="reduce", timezone_id="UTC"
        )
        page.set_default_timeout(PATIENCE)
        try:
            await show(page, address, STATES[name], f"&theme={theme}&height={height}")
            await page.screenshot(path=folder / f"{name}-{width}-{theme}.png", animations="disabled", caret="hide")
        except (Error, AssertionError) as problem:  # the other states are wanted all the same
            print(f"{name} {width} {theme}: {str(problem).splitlines()[0]}", file=sys.stderr)
        finally:
            await page.close()


async def show(page: Page, address: str, state: State, options: str) -> None:
    await page.clock.set_fixed_time(NOW)
    await page.goto(f"{address}{PAGE}?scene={state.scene}{options}{state.options}")
    await page.locator("#here .ocw").wait_for()
    await state.act(page)
    await page.mouse.move(0, 0)
    await page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    await page.wait_for_timeout(150)  # what is drawn in turns, such as code in colours


async def take_all(names: list[str], folder: Path) -> None:
    """The pictures of these states."""
    with serve_gallery() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright.chromium)
            for name in names:
                await take(browser, address, name, folder)
            await browser.close()


def main() -> int:
    """Take the pictures; compare them if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=sorted(STATES), default=list(STATES), metavar="STATE")
    parser.add_argument("--to", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(chosen.only, chosen.to))
    print(chosen.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
