"""Every state that `python -m tests.gallery.pictures` pictures can still be reached, logs no error, and keeps nobody out."""

from __future__ import annotations

import itertools

import pytest
from playwright.async_api import Browser

from tests.gallery.pictures import MARGIN, show
from tests.gallery.states import STATES

from .conftest import ARTIFACTS
from .harness.axe import serious_faults
from .harness.page_monitor import PageMonitor

HEIGHT = 600
# Each state once: every other one wide and light, or narrow and dark.
LOOKS = [(name, *look) for name, look in zip(STATES, itertools.cycle([(900, "light"), (420, "dark")]), strict=False)]


@pytest.mark.parametrize(("name", "width", "theme"), LOOKS)
async def test_a_state(browser: Browser, gallery: str, name: str, width: int, theme: str) -> None:
    size = {"width": width + MARGIN, "height": HEIGHT + MARGIN}
    context = await browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    monitor = PageMonitor(context, allowed=gallery)
    try:
        page = await context.new_page()
        await show(page, gallery, STATES[name], f"&theme={theme}&height={HEIGHT}")
        ARTIFACTS.mkdir(exist_ok=True)
        await page.screenshot(path=ARTIFACTS / f"state-{name}.png", animations="disabled")
        assert await serious_faults(page.locator("#here")) == []
    finally:
        await context.close()
    assert monitor.errors == []
