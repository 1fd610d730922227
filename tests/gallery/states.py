"""States of the page that a person looks at, on scripted content: each is a scene of the gallery, and what a user does in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

PICTURE = b"\x89PNG\r\n\x1a\n"
HALF_AN_ANSWER = (
    "The test fails because `split()` drops the **last empty field**.\n\n```python\nfields.append(line[start:])\n"
)
FLOW = "graph LR\n  A[Read the line] --> B{A separator?}\n  B -->|yes| C[Add a field]\n  B -->|no| D[Go on]\n  C --> D --> E[Add the rest]"


async def nothing(page: Page) -> None:
    """Show the scene as it is."""


async def stream(page: Page) -> None:
    await page.evaluate(
        "text => kernel.frame({op: 'text', session: 's1', message: 'a1', part: 'a1t', field: 'text', text})",
        HALF_AN_ANSWER,
    )
    await expect(page.locator("article pre")).to_be_visible()


async def open_looks(page: Page) -> None:
    for row in await page.locator(".ocw-explored > details > summary").all():
        await row.click()


async def open_diff(page: Page) -> None:
    await page.get_by_text("3 files changed").click()
    await page.locator(".ocw-turn-changes li summary").first.click()


async def info(page: Page) -> None:
    await press(page, "Session info")


async def review(page: Page) -> None:
    await press(page, "Review changes")
    await expect(page.get_by_role("dialog").get_by_text("parser.py").first).to_be_visible()


async def second_question(page: Page) -> None:
    await page.get_by_role("radio", name="Monotonic").click()
    await press(page, "Next")


async def session_menu(page: Page) -> None:
    await page.get_by_role("tablist", name="Sessions").get_by_role("tab").first.click(button="right")


async def model_picker(page: Page) -> None:
    await page.locator(".ocw-composer").get_by_role("button", name="Model").click()


async def open_panel(page: Page) -> None:
    await press(page, "Open")
    await page.get_by_role("dialog").get_by_text("Attach", exact=True).click()


async def sessions(page: Page) -> None:
    await press(page, "All sessions")


async def server(page: Page) -> None:
    await press(page, "Server")


async def search(page: Page) -> None:
    await press(page, "Search conversation")
    await page.get_by_role("textbox", name="Search conversation").fill("refill")
    await expect(page.get_by_role("search").get_by_role("status")).to_contain_text("of")


async def error(page: Page) -> None:
    await page.get_by_text("Anthropic refused the API key.").scroll_into_view_if_needed()


async def busy(page: Page) -> None:
    await page.evaluate("kernel.muted = true")
    await page.get_by_role("textbox", name="Prompt").fill("And now the documentation")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Kernel busy")).to_be_visible()


async def attach(page: Page) -> None:
    files = [
        {"name": "plot.png", "mimeType": "image/png", "buffer": PICTURE},
        {"name": "build.log", "mimeType": "text/plain", "buffer": b"ok\n" * 400},
    ]
    await page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    await page.get_by_role("textbox", name="Prompt").fill("What is wrong here?")


async def palette(page: Page) -> None:
    await page.get_by_role("textbox", name="Prompt").press("Control+k")


async def keys(page: Page) -> None:
    await page.get_by_role("log").press("?")


async def subagent(page: Page) -> None:
    await page.get_by_role("tab", name="Look for other callers").click()
    await expect(page.get_by_text("callers.")).to_be_visible()


async def diagram(page: Page) -> None:
    text = f"It goes like this:\n\n```mermaid\n{FLOW}\n```\n"
    await page.evaluate("source => stream({every: 0, size: 1000, source})", text)
    await press(page, "Draw diagram")
    await expect(page.get_by_role("group", name="Diagram").get_by_role("img")).to_be_visible()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).first.click()


@dataclass(frozen=True)
class State:
    """A scene, its options, and what leads from it to the state."""

    scene: str
    act: Callable[[Page], Awaitable[None]] = nothing
    options: str = ""


STATES = {
    "no-project": State("empty"),
    "new-session": State("fresh"),
    "starting": State("starting"),
    "streaming": State("stream", stream, "&play=no"),
    "long": State("long"),
    "turn": State("turns"),
    "turn-open": State("turns", open_looks),
    "tools": State("tools"),
    "tools-open": State("tools", options="&open=all"),
    "diff": State("turns", open_diff),
    "info": State("calm", info),
    "review": State("calm", review),
    "permission": State("asking"),
    "question-1": State("questions"),
    "question-2": State("questions", second_question),
    "form": State("form"),
    "batch": State("batch"),
    "attach": State("full", open_panel),
    "menu": State("turns", session_menu),
    "picker": State("choices", model_picker),
    "sessions": State("full", sessions),
    "server": State("full", server),
    "search": State("turns", search),
    "error": State("full", error),
    "lost": State("lost"),
    "disconnected": State("off"),
    "busy": State("turns", busy),
    "attachments": State("turns", attach),
    "palette": State("turns", palette),
    "keys": State("turns", keys),
    "subagent": State("calm", subagent),
    "diagram": State("stream", diagram, "&play=no"),
}
