"""Pictures of every state of the page, to be looked at: `python -m tests.gallery.pictures [--only STATE ...] [--to FOLDER] [--accept]`.

Each state at three widths and as low as the widget can be, in light and dark, with the fonts of the front end's development packages.
`--accept` also makes those at three widths the ones that the tests expect (see `compare.py`): look at each before.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Error, Page, async_playwright

from tests.e2e.harness.browser import launch
from tests.e2e.harness.gallery import PAGE, GalleryPages, Seat, serve_gallery

from .compare import accept, expected
from .states import STATES, State

FOLDER = Path(__file__).parents[1] / "artifacts" / "pictures"
SIZES = ((1400, 600), (900, 600), (420, 600), (320, 240))
COMPARED = SIZES[:3]
THEMES = ("light", "dark")
FONTS = ('"Inter Variable"', '"JetBrains Mono Variable"')
MARGIN = 32
NOW = "2026-03-02T10:30:00"
PATIENCE = 15_000


async def take(pages: GalleryPages, name: str, folder: Path, *, accepted: bool) -> None:
    """One state in all sizes and themes."""
    for size, theme in itertools.product(SIZES, THEMES):
        title = f"{name}-{size[0]}-{theme}"
        try:
            png = await picture(pages, STATES[name], size, theme)
        except (Error, AssertionError) as problem:  # the other states are wanted all the same
            print(f"{title}: {str(problem).splitlines()[0]}", file=sys.stderr)
            continue
        (folder / f"{title}.png").write_bytes(png)
        if accepted and size in COMPARED:
            accept(png, expected(title))


async def picture(pages: GalleryPages, state: State, size: tuple[int, int], theme: str, style: str = "") -> bytes:
    """A state as it is drawn, with more style if that is wanted."""
    async with shown(pages, state, size, f"&theme={theme}&fonts=own") as seat:
        if style:
            await seat.page.add_style_tag(content=style)
        return await seat.page.screenshot(animations="disabled", caret="hide")


@asynccontextmanager
async def shown(pages: GalleryPages, state: State, size: tuple[int, int], options: str) -> AsyncIterator[Seat]:
    """A page in which the state is drawn at this size."""
    width, height = size
    async with pages.seat(width + MARGIN, height + MARGIN, reduced_motion="reduce", timezone_id="UTC") as seat:
        if seat.uses == 0:
            seat.page.set_default_timeout(PATIENCE)
            await seat.page.clock.set_fixed_time(NOW)
        await show(seat.page, pages.address, state, f"&height={height}{options}")
        yield seat


async def show(page: Page, address: str, state: State, options: str) -> None:
    await page.goto(f"{address}{PAGE}?scene={state.scene}{options}{state.options}")
    await page.locator("#here .ocw").wait_for()
    if "&fonts=own" in options:
        await fonts(page)
    await state.act(page)
    await page.mouse.move(0, 0)
    await page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    await page.wait_for_timeout(150)  # what is drawn in turns, such as code in colours


async def fonts(page: Page) -> None:
    """Wait for the fonts of the development packages."""
    await page.wait_for_function("[...document.styleSheets].some(({ href }) => href?.endsWith('own_fonts.css'))")
    await page.evaluate(
        "(families) => Promise.all(families.map((family) => document.fonts.load(`14px ${family}`)))", FONTS
    )


async def take_all(names: list[str], folder: Path, *, accepted: bool) -> None:
    """The pictures of these states."""
    with serve_gallery() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright.chromium)
            pages = GalleryPages(browser, address)
            for name in names:
                await take(pages, name, folder, accepted=accepted)
            await browser.close()


def main() -> int:
    """Take the pictures, and have the tests expect them if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=sorted(STATES), default=list(STATES), metavar="STATE")
    parser.add_argument("--to", type=Path, default=FOLDER)
    parser.add_argument("--accept", action="store_true")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(chosen.only, chosen.to, accepted=chosen.accept))
    print(chosen.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
