"""OpenCode 2.x: how its routes are called. Answers stand in `{data}`, lists come in pages."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...model.dialects.read import maybe, sub
from ..http.client import NO_ROUTE, Http, is_json

# Entries of a list that are asked for at once.
PAGE = 100


class Routes:
    """The routes below `/api` of one server."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def where(self, **more: Any) -> dict[str, Any]:
        """The folder as a query, with more; without what is None."""
        given = {name: value for name, value in more.items() if value is not None}
        return given if self.http.directory is None else {"location[directory]": self.http.directory, **given}

    def of(self, session_id: str, path: str = "") -> str:
        """The path of a session, or below it."""
        return f"/api/session/{self.http.quoted(session_id)}{path}"

    async def data(self, path: str, method: str = "GET", body: Any = None, **params: Any) -> Any:
        """The data of an answer; None where it has none."""
        answer = await self.http.json(method, path, body=body, params=params)
        return answer.get("data") if isinstance(answer, dict) else None

    async def listed(self, *paths: str, **params: Any) -> Any:
        """The data at the first of these paths that the server has; None where it has none of them.

        Versions of 2.x differ in their routes. One that lacks a list lacks a feature, and can be used.
        """
        for path in paths:
            with suppress(*NO_ROUTE):
                return await self.data(path, **params)
        return None

    async def send(self, method: str, path: str, body: Any = None, limit: float | None = None, **params: Any) -> None:
        """Call a route whose answer is not needed. It has no folder in its query, for a session knows its own.

        Args:
            method: the HTTP method.
            path: of the route.
            body: JSON to send.
            limit: seconds until the answer; None: the usual.
            params: the query.

        Raises:
            NotOpenCode: the answer is a web page.
        """
        response = await self.http.call(method, path, body=body, params=params, limit=limit)
        content_type = response.headers.get("content-type", "")
        if response.content and not is_json(content_type):
            raise self.http.strange(content_type, path)

    async def pages(
        self, path: str, limit: int, cursor: str | None = None, **first: Any
    ) -> tuple[list[Any], str | None]:
        """Fetch the newest entries of a list, page by page.

        Args:
            path: of the list.
            limit: how many entries are wanted.
            cursor: where to begin; None: with the newest.
            first: more of the query, for the first page.

        Returns:
            The entries, newest first; and the cursor of those after them, None where there are none.
        """
        found: list[Any] = []
        while True:
            params = {"cursor": cursor} if cursor else {"order": "desc", **first}
            wanted = {**params, "limit": min(PAGE, limit - len(found))}
            answer = await self.http.json(
                "GET", path, params={name: value for name, value in wanted.items() if value is not None}
            )
            data = answer if isinstance(answer, dict) else {}
            listed = data["data"] if isinstance(data.get("data"), list) else []
            page = listed[: wanted["limit"]]  # a server may ignore the limit
            found += page
            # A server may name a next page after the last: an empty one ends it.
            cursor = maybe(sub(data, "cursor"), "next") if len(page) == wanted["limit"] else None
            if cursor is None or len(found) >= limit:
                return found, cursor
