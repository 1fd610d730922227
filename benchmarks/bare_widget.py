"""The least that a notebook needs to show a server's stream: the cell of `clients.BareWidget`."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anywidget
import httpx

FRAME = 1 / 60  # seconds

ESM = """
export default {
  render({ model, el }) {
    const log = document.createElement("div");
    log.setAttribute("role", "log");
    log.style.cssText = "height: 500px; overflow: auto; white-space: pre-wrap";
    const text = document.createTextNode("");
    log.append(text);
    el.append(log);
    model.on("msg:custom", (message) => {
      text.appendData(message.text);
      requestAnimationFrame(() => { log.scrollTop = log.scrollHeight; });
    });
    model.send("drawn");
  },
};
"""


class BareWidget(anywidget.AnyWidget):
    """Shows every delta of a server, of any session.

    Args:
        url: of the server.
        auth: name and password.
    """

    _esm = ESM

    def __init__(self, url: str, auth: tuple[str, str], **traits: Any) -> None:
        super().__init__(**traits)
        self._loop = asyncio.get_running_loop()
        self._waiting: list[str] = []
        self._last = 0.0
        self._drawn = asyncio.Event()
        self.on_msg(lambda *_: self._drawn.set())
        self._task = self._loop.create_task(self._read(url, auth))

    async def _read(self, url: str, auth: tuple[str, str]) -> None:
        await self._drawn.wait()
        async with (
            httpx.AsyncClient(base_url=url, auth=auth, timeout=None, trust_env=False) as client,
            client.stream("GET", "/global/event") as response,
        ):
            self._say("connected ")
            async for line in response.aiter_lines():
                if '"message.part.delta"' in line:
                    self._say(json.loads(line[6:])["payload"]["properties"]["delta"])

    def _say(self, text: str) -> None:
        self._waiting.append(text)
        if len(self._waiting) == 1:
            self._loop.call_at(max(self._loop.time(), self._last + FRAME), self._flush)

    def _flush(self) -> None:
        self._last = self._loop.time()
        self.send({"text": "".join(self._waiting)})
        self._waiting.clear()
