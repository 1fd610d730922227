"""Brings files and texts into the page: by the file dialog, the clipboard, the pointer."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from playwright.async_api import FilePayload, JSHandle, Locator, Page

CARRIED = """([name, mime, content]) => {
  const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  carried.items.add(new File([bytes], name, { type: mime }));
  return carried;
}"""
PASTE = """(box, carried) => box.dispatchEvent(
  new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true }))"""


@dataclass(frozen=True)
class Carried:
    """A file on the user's machine."""

    name: str
    mime: str
    content: bytes

    def payload(self) -> FilePayload:
        return {"name": self.name, "mimeType": self.mime, "buffer": self.content}

    async def on(self, page: Page) -> JSHandle:
        """The file as a browser hands it to the page."""
        content = base64.b64encode(self.content).decode()
        return await page.evaluate_handle(CARRIED, [self.name, self.mime, content])


async def paste_file(box: Locator, file: Carried) -> None:
    await box.evaluate(PASTE, await file.on(box.page))


async def paste_text(box: Locator, text: str) -> None:
    """Paste text from the clipboard; the context must have permission to use it."""
    await box.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    await box.press("Control+v")


async def drop_file(place: Locator, file: Carried) -> None:
    carried = await file.on(place.page)
    for event in ("dragenter", "dragover", "drop"):
        await place.dispatch_event(event, {"dataTransfer": carried})
