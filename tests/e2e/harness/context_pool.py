"""A browser context that one test hands on to the next, as loading JupyterLab is most of a test's cost."""

from __future__ import annotations

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.wait import eventually_async

from .lab import Lab
from .page_monitor import PageMonitor

SIZE: ViewportSize = {"width": 1200, "height": 900}
TURNS = 40  # tests, after which everything is made anew
# What a test may leave in the page: its notebook, stored values, a simulated visibility.
TIDY = """() => {
  for (const each of [...window.jupyterapp.shell.widgets('main')]) each.dispose();
  localStorage.clear();
  sessionStorage.clear();
  delete document.visibilityState;
  delete document.hidden;
}"""
# A widget whose notebook was closed must leave nothing in the page.
LEFT = "() => document.querySelectorAll('.ocw').length"


class SharedContext:
    """A browser context, possibly with a page in which JupyterLab is loaded and nothing is open."""

    def __init__(self, context: BrowserContext, lab: Lab) -> None:
        self.context = context
        self.watch = PageMonitor(context, allowed=lab.url)
        self.turns = 0
        self._ready: Page | None = None

    @classmethod
    async def new(cls, browser: Browser, lab: Lab) -> SharedContext:
        return cls(await browser.new_context(viewport=SIZE), lab)

    def page(self) -> Page | None:
        """Return the page with JupyterLab, once for each test."""
        page, self._ready = self._ready, None
        return page

    async def tidy(self) -> None:
        """Make the page as good as new.

        Raises:
            AssertionError: something of a widget is still in the page.
        """
        self.turns += 1
        for other in self.context.pages[1:]:
            await other.close()
        if not self.context.pages:
            return
        first = self.context.pages[0]
        if not await first.evaluate("() => 'jupyterapp' in window"):
            return
        await self.context.clear_permissions()
        await first.evaluate(TIDY)
        await first.set_viewport_size(SIZE)
        await first.mouse.move(0, 0)

        async def is_empty() -> bool:
            return not await first.evaluate(LEFT)

        await eventually_async(is_empty, within=10, what="a page without the widget after its notebook was closed")
        self._ready = first
