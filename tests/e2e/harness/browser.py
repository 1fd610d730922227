"""Chromium, found and started the same way by the tests and the benchmarks."""

from __future__ import annotations

import asyncio
import os
import shutil

from playwright.async_api import Browser, Playwright

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
    """There is no browser for the end-to-end tests."""


def system_chromium() -> str | None:
    """The machine's own Chromium or Chrome; `$CHROMIUM` names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


async def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window.

    Raises:
        ChromiumNotFound: there is neither a system's nor Playwright's own.
    """
    path = system_chromium() or playwright.chromium.executable_path
    if not await asyncio.to_thread(os.path.exists, path):
        raise ChromiumNotFound(f"No Chromium was found. {REMEDY}")
    return await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
