"""Draws the diagram of a code block, as a user does, and looks at the picture."""

from __future__ import annotations

from playwright.async_api import Locator, expect

# Milliseconds: a busy machine takes long to read Mermaid's program.
DRAWN_WITHIN = 30_000
FLOW = "graph TD\n  A[Start] --> B{Is it?}\n  B -->|yes| C[End]"
SIZE = "async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }"


def fenced(source: str) -> str:
    """An answer with a diagram."""
    return f"Look at this:\n\n```mermaid\n{source}\n```\n"


async def draw(block: Locator) -> Locator:
    """Draw the diagram of a code block; return its image."""
    await block.get_by_role("button", name="Draw diagram").click()
    image = block.get_by_role("group", name="Diagram").get_by_role("img")
    await expect(image).to_be_visible(timeout=DRAWN_WITHIN)
    return image


async def size_of(image: Locator) -> tuple[int, int]:
    """Return the size that the browser found in the picture; it draws none that is broken."""
    width, height = await image.evaluate(SIZE)
    return width, height
