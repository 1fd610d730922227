"""With scrollbars shown, as on a Linux or Windows desktop, JupyterLab draws none beside the widget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.support.servers.real import RealServer

from .harness.browser import launch
from .harness.context_pool import SharedContext
from .harness.lab import Lab
from .harness.lab_browser import LabBrowser
from .harness.scrollbars import scrollbars_around


@pytest_asyncio.fixture(loop_scope="session")
async def desktop() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await launch(playwright.chromium, scrollbars=True)
        yield browser
        await browser.close()


@pytest.mark.parametrize("height", [200, 600, 1500])
async def test_no_scrollbar_stands_beside_the_widget(
    lab: Lab, desktop: Browser, server: RealServer, project: Path, height: int
) -> None:
    context = await SharedContext.new(desktop, lab)
    widget = await LabBrowser(context, lab).attach(server, project)
    await widget.python(f"oc.height = {height}")
    await widget.page.wait_for_function(
        "height => document.querySelector('.ocw-frame').clientHeight >= height - 2", arg=height
    )
    assert await scrollbars_around(widget.root) == []
    await context.context.close()
    lab.end_kernels()
