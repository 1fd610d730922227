"""OpenCode 1.x: what can be asked about the project and the server beside the conversations."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

from ...errors import OpenCodeError
from ...model.dialects.read import objects, sub, text, whole
from ...model.dialects.v1 import project
from ...model.entities import JSON, Found, Service
from ..api import Client
from ..http.cancel import cancellable

# Seconds that symbols may take: a language server that starts is not worth a wait with every key.
SYMBOLS_LIMIT = 2.0


class V1Services(Client):
    """The calls about the project and its services; see `client.Client`."""

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """`GET /find/file` and `/find/symbol`; symbols need a language server that runs, and are left out where none does."""
        files, symbols = await cancellable(asyncio.gather(self._files(query, limit), self._symbols(query)))
        named = symbols[: limit // 4]
        return (*files[: limit - len(named)], *named)

    async def _files(self, query: str, limit: int) -> tuple[Found, ...]:
        params = self.http.params(query=query, limit=limit, dirs="true")
        return project.found_files(await self.http.json("GET", "/find/file", params=params))

    async def _symbols(self, query: str) -> tuple[Found, ...]:
        if not query:
            return ()
        params = self.http.params(query=query)
        try:
            answer = await self.http.json("GET", "/find/symbol", params=params, limit=SYMBOLS_LIMIT)
        except OpenCodeError:
            return ()
        return tuple(_symbol(answer, self.http.directory or "") for answer in objects(answer) if text(answer, "name"))

    async def services(self) -> tuple[Service, ...]:
        """`GET /mcp`, `/lsp`, `/formatter`."""
        mcp, lsp, formatters = await cancellable(
            asyncio.gather(*(self.http.json("GET", path) for path in ("/mcp", "/lsp", "/formatter")))
        )
        return project.services(mcp, lsp, formatters)

    async def connect_mcp(self, name: str, *, connected: bool) -> None:
        """`POST /mcp/{name}/connect` or `/disconnect`; to connect may mean to start a program."""
        verb = "connect" if connected else "disconnect"
        await self.http.call("POST", f"/mcp/{self.http.quoted(name)}/{verb}", limit=60)


def _symbol(item: JSON, directory: str) -> Found:
    """A Symbol of the server; its path is a URL."""
    location = sub(item, "location")
    start = sub(sub(location, "range"), "start")
    path = unquote(urlsplit(text(location, "uri")).path)
    inside = directory != "" and path.startswith(f"{directory}/")
    return Found("symbol", path[len(directory) + 1 :] if inside else path, text(item, "name"), whole(start, "line") + 1)
