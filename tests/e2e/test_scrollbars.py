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

# The widths of the scrollbars of all that is around the widget, up to the notebook, which scrolls.
BARS = """(output) => {
  const bars = [];
  for (let at = output; !at.classList.contains("jp-Cell"); at = at.parentElement) {
    const { overflowY, borderLeftWidth, borderRightWidth } = getComputedStyle(at);
    const borders = parseFloat(borderLeftWidth) + parseFloat(borderRightWidth);
    const width = at.offsetWidth - at.clientWidth - borders;
    if (overflowY !== "visible" && (width > 1 || at.scrollHeight > at.clientHeight)) bars.push([at.className, width]);
  }
  return bars;
}"""


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
    assert await widget.root.evaluate(BARS) == []
    await context.context.close()
    lab.end_kernels()
