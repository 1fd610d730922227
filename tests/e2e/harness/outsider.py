"""A stranger on the network, and a browser in which every host of the hostile corpus is that stranger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request

from .browser import launch

# What the hostile corpus calls where it is carried out.
EARS = """() => {
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open"]) window[name] = () => { window.ran.push(name); };
}"""
HEAD = 8192  # bytes; a TLS greeting names its host within them
GREETING = 2.0  # seconds for the first bytes of a connection


class Stranger:
    """Listens on the loopback and notes every connection, also those of which a page's own events tell nothing (a preconnect)."""

    def __init__(self) -> None:
        self.port = 0
        self.heard: list[bytes] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Stranger]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = len(self.heard)
        self.heard.append(b"a connection")
        with suppress(OSError, asyncio.TimeoutError):
            self.heard[place] = await asyncio.wait_for(reader.read(HEAD), GREETING)
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async def browser(self, like: Browser) -> Browser:
        """A Chromium of its own in which the hosts of the hostile corpus lead here; what it asks of its maker does not."""
        rules = f"MAP *.example 127.0.0.1:{self.port}"
        return await launch(like.browser_type, f"--host-resolver-rules={rules}")


class Ears:
    """Hears what the pages of a context do that no text may make them do.

    Args:
        lab: the address of the JupyterLab that may be asked.
        work: the folder of its notebooks.
    """

    def __init__(self, context: BrowserContext, stranger: Stranger, lab: str, work: Path) -> None:
        self._stranger = stranger
        self._work = work
        self._near = (f"{lab}/", f"{lab.replace('http', 'ws')}/", "data:", "blob:", "about:")
        self._expected: set[str] = set()
        self._asked: list[str] = []
        context.on("request", self._requested)
        context.on("page", lambda page: page.on("dialog", self._dialog))

    def forget(self) -> None:
        """Begin anew."""
        self._asked.clear()
        self._stranger.heard.clear()
        (self._work / "pwned.txt").unlink(missing_ok=True)

    def expect(self, address: str) -> None:
        """A page at this address is opened by the test."""
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

    async def heard(self, page: Page) -> list[str]:
        """What ran in any frame, what was asked for, and who was called."""
        ran = [name for frame in page.frames for name in await frame.evaluate("() => window.ran ?? []")]
        written = ["pwned.txt was written"] if (self._work / "pwned.txt").exists() else []
        opened = [other.url for other in page.context.pages if other is not page]
        return ran + self._asked + [repr(each[:80]) for each in self._stranger.heard] + written + opened

    async def silent(self, page: Page, where: str) -> None:
        """Nothing of all that, when the page has come to rest."""
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
        heard = await self.heard(page)
        assert heard == [], f"{where}: {heard}"


async def eared(browser: Browser) -> BrowserContext:
    """A context in whose frames what a text runs is written down."""
    context = await browser.new_context(viewport={"width": 1200, "height": 900})
    await context.add_init_script(f"({EARS})()")
    return context
