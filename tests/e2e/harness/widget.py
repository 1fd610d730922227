"""The widget as a user finds it: by roles and names, the handles of a screen reader."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

CONNECTION = re.compile("Connect|Reconnect|Disconnect")

# Records each new length of the conversation on screen from now on.
GROWTH = """(root) => {
  const lengths = [];
  const length = () => root.querySelector("[role=log]")?.textContent.length ?? 0;
  const look = () => { const now = length(); if (now !== lengths.at(-1)) lengths.push(now); };
  new MutationObserver(look).observe(root, {subtree: true, childList: true, characterData: true});
  window.__lengths = lengths;
}"""

VISIBILITY = """(state) => {
  Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => state});
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => state === 'hidden'});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


class Widget:
    """One view of the widget."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page: Page = root.page
        self.instances = root.get_by_role("tablist", name="Instances")
        self.sessions = root.get_by_role("tablist", name="Sessions")
        self.log = root.get_by_role("log")
        self.prompt = root.get_by_role("textbox", name="Prompt")
        self.connection = root.get_by_role("status").filter(has_text=CONNECTION)
        self.asked = self.log.get_by_role("article", name="You")
        self.answers = self.log.get_by_role("article", name=re.compile("^Agent"))
        self.requests = root.get_by_role("region", name="Waiting for you")
        self.problems = root.get_by_role("alert")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def instance(self, title: str) -> Locator:
        return self.instances.get_by_role("tab", name=title)

    def session(self, title: str) -> Locator:
        return self.sessions.get_by_role("tab", name=title)

    async def connected(self, within: float | None = None) -> None:
        """Wait until it is connected: `within` milliseconds, where a host or several servers start first."""
        await expect(self.connection).to_have_text("Connected", timeout=within)

    def dialog(self, name: str) -> Locator:
        return self.root.get_by_role("dialog", name=name)

    async def act(self, item: str) -> None:
        """Choose an item in the menu of the session on screen."""
        await self.root.locator(".ocw-head").get_by_role("button", name="Session actions").click()
        await self.root.get_by_role("menuitem", name=item, exact=True).click()

    async def serve(self, item: str) -> None:
        """Choose an item in the menu of the instance on screen."""
        await self.instances.get_by_role("tab", selected=True).click(button="right")
        await self.root.get_by_role("menuitem", name=item, exact=True).click()

    async def send(self, text: str) -> None:
        await self.prompt.fill(text)
        await self.button("Send").click()

    async def choose(self, name: str, value: str) -> None:
        """Choose an agent, a model or a variant for the next prompt."""
        await self.root.get_by_role("button", name=re.compile(f"^{name}: ")).click()
        await self.root.get_by_role("listbox", name=name).get_by_role("option", name=value).click()

    async def idle(self) -> None:
        """Wait until the session on screen is idle."""
        await expect(self.button("Stop")).to_have_count(0)

    async def hide(self) -> None:
        """Make the page believe that it is hidden, which headless Chromium never does by itself."""
        await self.page.evaluate(VISIBILITY, "hidden")

    async def reveal(self) -> None:
        await self.page.evaluate(VISIBILITY, "visible")

    async def watch_growth(self) -> None:
        await self.root.evaluate(GROWTH)

    async def growth(self) -> list[int]:
        """Return each length that the conversation had since `watch_growth`."""
        lengths: list[int] = await self.page.evaluate("() => window.__lengths")
        return lengths


def widget_in(page: Page, number: int = 0) -> Widget:
    """Return a view of the widget in a page, counted from the top."""
    outputs = page.locator(".jp-OutputArea-output", has=page.get_by_role("tablist", name="Instances"))
    return Widget(outputs.nth(number))
