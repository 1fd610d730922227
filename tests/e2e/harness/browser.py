"""Chromium, found and started the same way by the tests and the benchmarks."""

from __future__ import annotations

import asyncio
import os
import shutil

from playwright.async_api import Browser, BrowserType

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
REMEDY = "Install Chromium (Debian: `apt-get install chromium`), or run `python -m playwright install chromium`."


class ChromiumNotFound(RuntimeError):
    """The end-to-end tests found no browser."""


def find_chromium() -> str:
    """Return the program that `$CHROMIUM` names, or the machine's own.

    Raises:
        ChromiumNotFound: there is none.
    """
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise ChromiumNotFound(f"No Chromium was found{f' at $CHROMIUM ({named})' if named else ''}. {REMEDY}")
    return found


async def launch(chromium: BrowserType, *more: str, scrollbars: bool = False) -> Browser:
    """Start Chromium headless, with `more` arguments: the machine's own, else the one that Playwright downloaded.

    Args:
        scrollbars: show scrollbars and let them take their room, as on a Linux or Windows desktop. Playwright hides them by default.

    Raises:
        ChromiumNotFound: there is neither.
    """
    path = chromium.executable_path
    if os.environ.get("CHROMIUM") or not await asyncio.to_thread(os.path.exists, path):
        path = find_chromium()
    hidden = ["--hide-scrollbars"] if scrollbars else []
    return await chromium.launch(executable_path=path, args=[*ARGUMENTS, *more], ignore_default_args=hidden)
