"""Each kind of part and tool: from what a real server sent to pixels, in the gallery page, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.gallery import recorded

from .conftest import ARTIFACTS
from .harness.gallery import PAGE
from .harness.page_monitor import PageMonitor

DATA = "recorded.json"
# Tall enough for everything, as a message far from the view is not drawn.
WIDTH, HEIGHT = 1000, 16_000
# What the recordings must contain, so that an empty scene cannot pass. `websearch`, `lsp` and `apply_patch` are missing: they need a
# network, a language server, or another model; `tests/frontend/ui/parts/tools/tools.test.ts` draws those.
TOOLS = {
    "bash",
    "edit",
    "glob",
    "grep",
    "invalid",
    "question",
    "read",
    "skill",
    "task",
    "todowrite",
    "webfetch",
    "write",
}


@pytest.fixture(scope="module")
def scene() -> dict[str, Any]:
    return recorded.scene()


def parts(scene: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for message in scene["transcript"]["messages"] for part in message["parts"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_kind_that_was_recorded_is_drawn(
    browser: Browser, gallery: str, scene: dict[str, Any], theme: str
) -> None:
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT + 40})
    monitor = PageMonitor(context, allowed=gallery)
    page = await context.new_page()

    async def answer(route: Route) -> None:
        await route.fulfill(json=scene)

    await page.route(f"**/{DATA}", answer)
    await page.goto(f"{gallery}{PAGE}?data={DATA}&theme={theme}&open=all&height={HEIGHT}")
    await all_is_drawn(page, scene)
    await nothing_is_wider_than_its_place(page)
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / f"recorded-{theme}.png")
    await context.close()
    assert monitor.errors == [], "errors on the console"
    assert monitor.strangers == [], "requests to others than the gallery"


async def all_is_drawn(page: Page, scene: dict[str, Any]) -> None:
    """Check every message; every tool in every state; commands, outputs, diffs, files and notes."""
    await expect(page.get_by_role("article")).to_have_count(len(scene["transcript"]["messages"]))
    drawn = parts(scene)
    tools = {(part["tool"], part["state"]) for part in drawn if part["kind"] == "tool"}
    assert {tool for tool, _ in tools} >= TOOLS
    assert {state for _, state in tools} >= {"running", "completed", "error"}
    # Only the first to-do list of a turn has a row.
    await expect(page.locator("[data-tool=todowrite]").first).to_be_visible()
    for tool, state in tools:
        if tool == "todowrite":
            continue
        await expect(page.locator(f".ocw-tool-{state}[data-tool={tool}]").first).to_be_visible()
    for kind, place in {
        "reasoning": ".ocw-reasoning",
        "file": ".ocw-file, .ocw-thumbnail",
        "note": ".ocw-note",
    }.items():
        assert kind in {part["kind"] for part in drawn}
        await expect(page.locator(place).first).to_be_visible()
    await expect(page.locator("[data-tool=bash] .ocw-t-ink").first).to_have_text("ok")
    await expect(page.locator("[data-tool=edit] ins mark").first).to_be_visible()
    await expect(page.locator("[data-tool=task]").first.get_by_role("button", name="Go to")).to_be_visible()
    picture = page.locator("[data-tool=read] img").first
    assert await picture.evaluate("image => image.naturalWidth") == 2


async def nothing_is_wider_than_its_place(page: Page) -> None:
    log = page.get_by_role("log")
    assert await log.evaluate("log => log.scrollWidth <= log.clientWidth")
