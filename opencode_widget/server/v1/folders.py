"""OpenCode 1.x: the folders of the server's machine.

A server takes any folder that a request names, also one that is not there: it then answers the lists of its sessions, and fails each turn.
Only the routes that read the folder fail (1.18: status 500, without a reason). A route may fail for other reasons, so two must.
"""

from __future__ import annotations

from typing import Any

from ...errors import OpenCodeError, RequestFailed
from ...model.dialects.read import objects, text
from ..http.client import Http

# Seconds for a question without whose answer all else works.
LIMIT = 5.0
# The least status with which a server reports that it failed itself.
FAILED = 500


class Folders:
    """The folders of one server."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def home(self) -> str | None:
        """`GET /path`, of the server's own folder."""
        try:
            answer = await self._http.json("GET", "/path", params={}, limit=LIMIT)
        except RequestFailed:
            return None
        return (text(answer, "home") or None) if isinstance(answer, dict) else None

    async def exists(self) -> bool | None:
        """`GET /file`, and where this fails `GET /find/file`; None where neither says."""
        for path, params in (("/file", {"path": "."}), ("/find/file", {"query": "a", "limit": 1})):
            readable = await self._is_readable(path, params)
            if readable is not False:
                return readable
        return False

    async def _is_readable(self, path: str, params: dict[str, Any]) -> bool | None:
        try:
            answer = await self._http.json("GET", path, params=self._http.params(**params), limit=LIMIT)
        except RequestFailed as error:
            return False if error.status >= FAILED else None
        except OpenCodeError:
            return None
        return True if isinstance(answer, list) else None

    async def names(self) -> tuple[str, ...]:
        """`GET /file`: the names of the folders."""
        answer = await self._http.json("GET", "/file", params=self._http.params(path="."), limit=LIMIT)
        found = (text(item, "name") for item in objects(answer) if text(item, "type") == "directory")
        return tuple(name for name in found if name)
