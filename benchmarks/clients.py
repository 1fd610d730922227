"""The clients that are compared, each with its own way to report when a token became visible to a reader."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx
from playwright.async_api import Browser, HttpCredentials, Locator, Page, ViewportSize, expect

from opencode_widget.server.http.chunk_joiner import VARIABLE
from tests.e2e.harness.lab import Lab
from tests.e2e.harness.notebook import Notebook
from tests.support.servers.real import USERNAME, RealServer
from tests.support.wait import eventually, eventually_async

HERE = Path(__file__).resolve().parent
PROBE = (HERE / "probe.js").read_text()
VIEW: ViewportSize = {"width": 1200, "height": 900}
POINTER = (
    600,
    450,
)  # over the text, where a reader's pointer may rest: the browser looks up what lies under it in each frame
SETTLE = 1.5  # seconds; a freshly opened page fetches and draws for a while, which is not part of the measurement


class Client(Protocol):
    """Shows one session."""

    async def watch(self, session: str) -> None:
        """Show a session, and record its tokens from now on."""

    async def times(self, count: int, within: float) -> list[float]:
        """Wait for `count` tokens; return when each was visible, in milliseconds since 1970."""


class BareReader:
    """Only reads the stream: the floor, which no client of this server can beat."""

    def __init__(self, server: RealServer) -> None:
        self._server = server
        self._session = ""
        self._at: list[float] = []
        self._connected = asyncio.Event()

    async def watch(self, session: str) -> None:
        self._session = session
        self._at = []

    async def times(self, count: int, within: float) -> list[float]:
        await eventually(lambda: len(self._at) >= count, within=within, what=f"{count} tokens at the bare reader")
        return self._at

    async def read(self) -> None:
        timeout = httpx.Timeout(30)
        auth = (USERNAME, self._server.password)
        async with (
            httpx.AsyncClient(base_url=self._server.url, auth=auth, timeout=timeout, trust_env=False) as client,
            client.stream("GET", "/global/event") as response,
        ):
            async for line in response.aiter_lines():
                self._connected.set()
                if '"message.part.delta"' in line:
                    self._note(json.loads(line[6:])["payload"]["properties"])

    def _note(self, delta: dict[str, str]) -> None:
        if delta["sessionID"] == self._session:
            now = time.time() * 1000
            self._at += [now] * len(re.findall(r"t\d{6}", delta["delta"]))

    async def connected(self) -> None:
        await self._connected.wait()


@asynccontextmanager
async def bare_reader(server: RealServer) -> AsyncIterator[BareReader]:
    reader = BareReader(server)
    task = asyncio.create_task(reader.read())
    try:
        await asyncio.wait_for(reader.connected(), 20)
        yield reader
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class PageClient:
    """What both pages share: the probe in the transcript."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def watch(self, session: str) -> None:
        root = await self.show(session)
        await self.page.mouse.move(*POINTER)
        await root.evaluate(PROBE)

    async def show(self, session: str) -> Locator:
        """Bring a session on screen; return the element that holds its messages."""
        raise NotImplementedError

    async def times(self, count: int, within: float) -> list[float]:
        async def all_there() -> bool:
            # Polls seldom, so that it does not slow down what it measures.
            await asyncio.sleep(0.5)
            return bool(await self.page.evaluate("(count) => window.__probe.at.length >= count", count))

        await eventually_async(all_there, within=within, what=f"{count} tokens in the page")
        at: list[float] = await self.page.evaluate("() => { window.__probe.stop(); return window.__probe.at; }")
        return at


class WebApp(PageClient):
    """OpenCode's own web app, as `opencode web` opens it."""

    def __init__(self, page: Page, server: RealServer) -> None:
        super().__init__(page)
        self._server = server

    async def visit(self, session: str) -> Locator:
        """Load its page; return the element that will hold its messages."""
        directory = base64.urlsafe_b64encode(str(self._server.directory).encode()).decode().rstrip("=")
        async with self.page.expect_request("**/global/event"):
            await self.page.goto(f"{self._server.url}/{directory}/session/{session}")
        return self.page.locator("main")

    async def show(self, session: str) -> Locator:
        root = await self.visit(session)
        await self.page.get_by_text("Ask anything").first.wait_for()
        await asyncio.sleep(SETTLE)
        return root


@asynccontextmanager
async def web_app(server: RealServer, browser: Browser) -> AsyncIterator[WebApp]:
    credentials: HttpCredentials = {"username": USERNAME, "password": server.password}
    context = await browser.new_context(viewport=VIEW, http_credentials=credentials)
    try:
        yield WebApp(await context.new_page(), server)
    finally:
        await context.close()


class BareWidget(PageClient):
    """The least that a notebook needs for a stream: one growing text node, 60 frames a second; no state, no Markdown."""

    async def show(self, session: str) -> Locator:
        await asyncio.sleep(SETTLE)
        log = self.page.get_by_role("log")
        await log.evaluate("(log) => { log.firstChild.data = ''; }")  # the tokens of the previous session
        return log


class Widget(PageClient):
    """Our widget, complete, in JupyterLab."""

    async def show(self, session: str) -> Locator:
        tab = self.page.get_by_role("tablist", name="Sessions").get_by_role("tab", name=f"Session {session[-6:]}")
        await tab.click()
        await expect(tab).to_have_attribute("aria-selected", "true")
        await asyncio.sleep(SETTLE)
        return self.page.get_by_role("log")


@asynccontextmanager
async def widget(server: RealServer, browser: Browser, lab: Lab, *, joins_chunks: bool = True) -> AsyncIterator[Widget]:
    setup = f"import os; os.environ[{VARIABLE!r}] = {str(int(joins_chunks))!r}"
    connect = f"OpenCode({str(server.directory)!r}, url={server.url!r}, password={server.password!r})"
    code = f"{setup}; from opencode_widget import OpenCode\noc = {connect}\noc"
    async with _in_notebook(browser, lab, code) as page:
        await page.get_by_role("status").filter(has_text="Connected").first.wait_for()
        yield Widget(page)


@asynccontextmanager
async def bare_widget(server: RealServer, browser: Browser, lab: Lab) -> AsyncIterator[BareWidget]:
    found = f"import sys; sys.path.append({str(HERE.parent)!r})"  # few lines, as the cell's output must be on screen
    make = f"BareWidget({server.url!r}, {(USERNAME, server.password)!r})"
    code = f"{found}; from benchmarks.bare_widget import BareWidget\nwidget = {make}\nwidget"
    async with _in_notebook(browser, lab, code) as page:
        await page.get_by_role("log").get_by_text("connected").wait_for()
        yield BareWidget(page)


@asynccontextmanager
async def _in_notebook(browser: Browser, lab: Lab, code: str) -> AsyncIterator[Page]:
    """A page with a notebook whose only cell was run."""
    lab.write_notebook("latency.ipynb", [code])
    context = await browser.new_context(viewport=VIEW)
    try:
        page = await context.new_page()
        notebook = await Notebook.open(page, lab.url, "latency.ipynb")
        await notebook.run(0)
        yield page
    finally:
        await context.close()
        await asyncio.to_thread(lab.end_kernels)
