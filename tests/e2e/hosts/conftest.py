"""Fixtures of the hosts' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from ..harness.browser import launch


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desktop() -> AsyncIterator[Browser]:
    """A browser that shows its scrollbars, as on a desktop."""
    async with async_playwright() as playwright:
        browser = await launch(playwright.chromium, scrollbars=True)
        yield browser
        await browser.close()
