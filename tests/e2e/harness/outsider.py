"""A foreign server, and a browser in which every host of the hostile corpus leads to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request

from .browser import launch

# Records the calls that the hostile corpus makes if it is executed.
RECORD_CALLS = """() => {
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open"]) window[name] = () => { window.ran.push(name); };
}"""
HEAD = 8192  # bytes; a TLS greeting names its host within them
GREETING = 2.0  # seconds for the first bytes of a connection


class ForeignServer:
    """Listens on the loopback and records every connection, including those that no event of a page reports (a preconnect)."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[bytes] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[ForeignServer]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = len(self.received)
        self.received.append(b"a connection")
        with suppress(OSError, asyncio.TimeoutError):
            self.received[place] = await asyncio.wait_for(reader.read(HEAD), GREETING)
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async def browser(self, like: Browser) -> Browser:
        """Start a Chromium in which the hosts of the hostile corpus lead here; the browser's own requests to its vendor do not."""
        rules = f"MAP *.example 127.0.0.1:{self.port}"
        return await launch(like.browser_type, f"--host-resolver-rules={rules}")


class ActivityMonitor:
    """Records what the pages of a context do that no text may cause.

    Args:
        lab: the address of the JupyterLab that may be asked.
        work: the folder of its notebooks.
    """

    def __init__(self, context: BrowserContext, foreign: ForeignServer, lab: str, work: Path) -> None:
        self._foreign = foreign
        self._work = work
        self._near = (f"{lab}/", f"{lab.replace('http', 'ws')}/", "data:", "blob:", "about:")
        self._expected: set[str] = set()
        self._asked: list[str] = []
        context.on("request", self._requested)
        context.on("page", lambda page: page.on("dialog", self._dialog))

    def forget(self) -> None:
        """Forget what was recorded."""
        self._asked.clear()
        self._foreign.received.clear()
        (self._work / "pwned.txt").unlink(missing_ok=True)

    def expect(self, address: str) -> None:
        """Allow a page at this address, which the test opens itself."""
        self._expected.add(address)

    def _requested(self, request: Request) -> None:
        url = request.url
        if "pwned" in urlsplit(url).path or not (url.startswith(self._near) or url in self._expected):
            self._asked.append(url)

    async def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            await dialog.accept()
        else:
            self._asked.append(f"dialog: {dialog.message}")
            await dialog.dismiss()

    async def activity(self, page: Page) -> list[str]:
        """Return what ran in any frame, the foreign requests, and the connections."""
        ran = [name for frame in page.frames for name in await frame.evaluate("() => window.ran ?? []")]
        written = ["pwned.txt was written"] if (self._work / "pwned.txt").exists() else []
        opened = [other.url for other in page.context.pages if other is not page]
        return ran + self._asked + [repr(each[:80]) for each in self._foreign.received] + written + opened

    async def check_quiet(self, page: Page, where: str) -> None:
        """Check that none of that happened, after the page has settled."""
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
        activity = await self.activity(page)
        assert activity == [], f"{where}: {activity}"


async def monitored_context(browser: Browser) -> BrowserContext:
    """Return a context that records in each frame what a text executes."""
    context = await browser.new_context(viewport={"width": 1200, "height": 900})
    await context.add_init_script(f"({RECORD_CALLS})()")
    return context
