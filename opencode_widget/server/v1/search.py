"""OpenCode 1.x: files, folders and symbols by their name."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

from ...errors import OpenCodeError
from ...model.dialects.read import objects, sub, text, whole
from ...model.dialects.v1 import project
from ...model.entities import JSON, Found
from ..http.cancel import cancellable
from ..http.client import Http

# Seconds until symbols are left out: a language server that starts is not worth a wait for each key that the user presses.
SYMBOLS_LIMIT = 2.0


class Search:
    """The search of one server."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """`GET /find/file` and `/find/symbol`. Without a running language server there are no symbols."""
        files, symbols = await cancellable(asyncio.gather(self._files(query, limit), self._symbols(query)))
        named = symbols[: limit // 4]
        return (*files[: limit - len(named)], *named)

    async def _files(self, query: str, limit: int) -> tuple[Found, ...]:
        params = self._http.params(query=query, limit=limit, dirs="true")
        return project.found_files(await self._http.json("GET", "/find/file", params=params))

    async def _symbols(self, query: str) -> tuple[Found, ...]:
        if not query:
            return ()
        params = self._http.params(query=query)
        try:
            answer = await self._http.json("GET", "/find/symbol", params=params, limit=SYMBOLS_LIMIT)
        except OpenCodeError:
            return ()
        return tuple(_symbol(answer, self._http.directory or "") for answer in objects(answer) if text(answer, "name"))


def _symbol(item: JSON, directory: str) -> Found:
    """A Symbol of the server; its path is a URL."""
    location = sub(item, "location")
    start = sub(sub(location, "range"), "start")
    path = unquote(urlsplit(text(location, "uri")).path)
    inside = directory != "" and path.startswith(f"{directory}/")
    return Found("symbol", path[len(directory) + 1 :] if inside else path, text(item, "name"), whole(start, "line") + 1)
