"""Records what a page must not do: errors on the console, requests to any host but Jupyter."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

# JupyterLab's own errors, each with its reason. Nothing of ours may be added.
ALLOWED: tuple[str, ...] = (
    # A notebook is closed, or its kernel restarted, while JupyterLab still sends the kernel a request.
    "Canceled future for (debug|create_subshell)_request message before replies were done",
)
# Not requests over the network.
LOCAL_SCHEMES = {"data", "blob", "about", "chrome-error"}


class PageMonitor:
    """Collects the errors and foreign requests of all pages of a browser context.

    Args:
        context: whose pages.
        allowed: an address of the host that they may ask.
        own_errors: patterns of errors that are the notebook host's own, besides JupyterLab's.
    """

    def __init__(self, context: BrowserContext, allowed: str, own_errors: tuple[str, ...] = ()) -> None:
        self._allowed = urlsplit(allowed).netloc
        self._own_errors = (*ALLOWED, *own_errors)
        self.errors: list[str] = []
        self.strangers: list[str] = []
        context.on("console", self._logged)
        context.on("weberror", self._threw)
        context.on("request", self._requested)
        context.on("page", self._opened)

    def take(self) -> tuple[list[str], list[str]]:
        """Return the errors and foreign hosts so far, and start again."""
        taken = self.errors, self.strangers
        self.errors, self.strangers = [], []
        return taken

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._connected)

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _threw(self, error: WebError) -> None:
        self._note(str(error.error))

    def _note(self, words: str) -> None:
        if not any(re.search(pattern, words) for pattern in self._own_errors):
            self.errors.append(words)

    def _requested(self, request: Request) -> None:
        self._check(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._check(socket.url)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and parts.netloc != self._allowed:
            self.strangers.append(url)
