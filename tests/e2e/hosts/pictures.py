"""Pictures of the widget in its hosts, for people to look at: `$HOST_PICTURES` names the folder that gets them."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the page, if any are wanted."""
    if folder := os.environ.get("HOST_PICTURES"):
        await page.mouse.move(0, 0)
        await page.screenshot(path=Path(folder, f"{name}.png"), animations="disabled")
