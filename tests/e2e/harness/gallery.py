"""The page without a kernel: serves the files of this checkout, and hands one browser page on from test to test."""

from __future__ import annotations

import functools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from .page_monitor import PageMonitor

ROOT = Path(__file__).parents[3]
PAGE = "tests/gallery/index.html"
BLANK = "about:blank"
USES = 40  # tests, after which a page is made anew
# All that a scene leaves in a page which then loads another one.
FORGET = """() => {
  localStorage.clear();
  sessionStorage.clear();
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Suppress the log."""


@contextmanager
def serve_gallery() -> Iterator[str]:
    """Yield the address of this checkout's files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Seat:
    """A browser page for one test.

    Attributes:
        page: the page, in a context of its own.
        monitor: what the page says and asks during this test.
        uses: how many tests had it before; a script that runs in every page it loads is added to a new one only.
    """

    page: Page
    monitor: PageMonitor
    uses: int = 0


class GalleryPages:
    """Pages that one test hands on to the next which wants a page alike and loads its own scene into it.

    A new page is a new process that compiles the widget's program: half to two thirds of what a test of a scene costs.

    Args:
        browser: whose pages.
        address: the gallery's, the only one that pages may ask.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self._browser = browser
        self._free: dict[str, Seat] = {}

    @asynccontextmanager
    async def seat(self, width: int, height: int, **options: Any) -> AsyncIterator[Seat]:
        """Yield a page of this size, whose context has these options. One whose test failed is not handed on."""
        key = repr(sorted(options.items()))
        seat = self._free.pop(key, None) or await self._new(options)
        try:
            await seat.page.set_viewport_size({"width": width, "height": height})
            yield seat
            await self._tidy(seat)
        except BaseException:
            await seat.page.context.close()
            raise
        if seat.uses < USES:
            self._free[key] = seat
        else:
            await seat.page.context.close()

    async def close(self) -> None:
        for seat in self._free.values():
            await seat.page.context.close()

    async def _new(self, options: dict[str, Any]) -> Seat:
        context = await self._browser.new_context(**options)
        return Seat(await context.new_page(), PageMonitor(context, allowed=self.address))

    @staticmethod
    async def _tidy(seat: Seat) -> None:
        page = seat.page
        await page.unroute_all()
        await page.context.unroute_all()
        if page.url != BLANK:
            await page.evaluate(FORGET)
            await page.goto(BLANK)  # a scene that nobody looks at would go on moving
        await page.mouse.move(0, 0)
        seat.monitor.take()
        seat.uses += 1
