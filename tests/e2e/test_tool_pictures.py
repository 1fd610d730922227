"""Large pictures of a tool in a real browser: thumbnails that open by keyboard, and close by Escape."""

from __future__ import annotations

from playwright.async_api import Browser, Locator, expect

from .harness.gallery import PAGE

# A tool with a picture of 2,400 by 1,600 pixels that the kernel sends when it is asked for.
SHOW = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2400, height: 1600 });
  canvas.getContext("2d").fillRect(100, 100, 2000, 1400);
  const file = { kind: "file", id: "f", mime: "image/png", filename: "shot.png", size: 2_000_000 };
  const part = {
    kind: "tool", id: "h1", tool: "browser_screenshot", state: "completed", input: {}, output: "Done.", started: 1, finished: 2,
    files: [file],
  };
  window.kernel.do_part = () => ({ ok: true, result: { ...part, files: [{ ...file, url: canvas.toDataURL() }] } });
  const head = { id: "h", role: "assistant", state: "complete", created: 1 };
  window.kernel.frame(
    { op: "message", session: "s1", head, after: window.kernel.lastMessage },
    { op: "part", session: "s1", message: "h", after: null, part },
  );
}"""


async def width(element: Locator) -> float:
    box = await element.bounding_box()
    assert box is not None
    return box["width"]


async def test_a_large_picture_is_a_thumbnail_that_opens_by_keyboard_and_closes_by_escape(
    browser: Browser, gallery: str
) -> None:
    context = await browser.new_context(viewport={"width": 1400, "height": 1000})
    page = await context.new_page()
    await page.goto(f"{gallery}{PAGE}?scene=stream&play=no&width=700&height=800")
    await page.get_by_role("log").wait_for()
    await page.evaluate(SHOW)
    await page.get_by_role("button", name="Show the image (2.0 MB)").focus()
    await page.keyboard.press("Enter")
    thumbnail = page.get_by_role("button", name="Open shot.png")
    await expect(thumbnail).to_be_visible()
    assert await width(thumbnail) < await width(page.get_by_role("log"))
    await thumbnail.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="shot.png")
    await expect(dialog).to_be_visible()
    assert await width(dialog.get_by_role("img")) > 1.5 * await width(thumbnail)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(thumbnail).to_be_focused()
    await thumbnail.click()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
    await context.close()
