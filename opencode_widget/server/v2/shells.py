"""OpenCode 2.x: shells. They are no turns: an interruption leaves them alone, and the list of sessions at work does not count them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...model.dialects.read import number, objects, text
from ..http.client import NO_ROUTE
from .routes import PAGE, Routes


class Shells:
    """The shells of one server: those of the agent's tools, and of the user's own commands."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes

    async def running(self) -> frozenset[str] | None:
        """`GET /api/shell`: the ids of all that run; None where the server has no such list."""
        listed = await self.routes.listed("/api/shell", **self.routes.where())
        if listed is None:
            return None
        runs = (shell for shell in objects(listed) if text(shell, "status") in ("", "running"))
        return frozenset(filter(None, (text(shell, "id") for shell in runs)))

    async def end(self, session_id: str) -> None:
        """`DELETE /api/shell/{id}`: end the user's commands in a session. Those of the agent end with its turn."""
        running = await self.running()
        if running is not None and not running:
            return
        newest, _ = await self.routes.pages(self.routes.of(session_id, "/message"), PAGE)
        for id in filter(None, map(_running_shell, objects(newest))):
            if running is None or id in running:
                with suppress(*NO_ROUTE):  # it has ended, or the server lacks the route
                    await self.routes.send("DELETE", self._path(id), **self.routes.where())

    async def output(self, id: str, cursor: int) -> tuple[str, int] | None:
        """`GET /api/shell/{id}/output?cursor`: what it wrote from a cursor on, and the cursor of its end. None: it cannot be had."""
        answer = await self.routes.listed(self._path(id, "/output"), **self.routes.where(cursor=cursor))
        if not isinstance(answer, dict):
            return None
        return text(answer, "output"), int(number(answer, "cursor") or cursor)

    def _path(self, id: str, below: str = "") -> str:
        return f"/api/shell/{self.routes.http.quoted(id)}{below}"


def _running_shell(message: Any) -> str:
    """The shell of a message, if it is one of the user's commands, and runs."""
    runs = (text(message, "type"), text(message, "status")) == ("shell", "running")
    return text(message, "shellID") if runs else ""
