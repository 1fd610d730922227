"""A fake OpenCode 1.0 and 1.1, as the real ones were seen to behave.

What differs from `FakeServer`, each by an argument, so that a test can name the release that it is about:

- `health`: without it (1.0) an unknown path is sent on to the web app, which cannot be reached: 500 with an error of OpenCode's own.
  There are no lists of requests then, a permission is answered at its session, and its events have the old names.
- `guards`: without it (up to 1.1.11) the password is never looked at.
- `deltas`: without them (up to 1.1.65) each step of an answer is the whole part, with the addition beside it.
- `cursors`: without them (up to 1.2.20) messages have `limit` alone.
- `greets`: without it (1.0.152) a stream says nothing until something happens, and no heartbeat ever.
"""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..shapes import Json
from .fake import FakeServer
from .http import Exchange

UNREACHABLE = {
    "name": "UnknownError",
    "data": {"message": "Error: Unable to connect. Is the computer able to access the url?"},
}


class EarlyServer(FakeServer):
    """See the module's docstring."""

    def __init__(
        self,
        *,
        version: str = "1.0.185",
        health: bool = False,
        deltas: bool = False,
        cursors: bool = False,
        greets: bool = True,
        guards: bool = False,
        directory: str = "/project",
    ) -> None:
        super().__init__(directory=directory, version=version)
        self.health = health
        self.deltas = deltas
        self.cursors = cursors
        self.greets = greets
        self.guards = guards
        self.beat = 30.0
        # The texts that are being written, by part.
        self._growing: dict[str, str] = {}

    def ask_permission(self, id: str, session: str, command: str = "ls") -> None:
        """Ask for a permission, by the event of this release."""
        if self.health:
            self.permissions[id] = shapes.permission(id, session, command)
            self.emit("permission.asked", **self.permissions[id])
            return
        self.permissions[id] = {
            "id": id,
            "sessionID": session,
            "messageID": "msg_x",
            "type": "bash",
            "pattern": [command],
            "title": command,
            "metadata": {"command": command},
            "time": {"created": shapes.NOW},
        }
        self.emit("permission.updated", **self.permissions[id])

    def delta(self, session: str, message: str, part: str, words: str) -> None:
        """Send a step of an answer, as a delta or as the whole part; store nothing."""
        if self.deltas:
            super().delta(session, message, part, words)
            return
        self._growing[part] = self._growing.get(part, "") + words
        whole = shapes.text(part, message, session, self._growing[part], ended=False)
        self.emit("message.part.updated", part=whole, delta=words)

    def _allowed(self, exchange: Exchange) -> bool:
        return not self.guards or super()._allowed(exchange)

    async def _normal(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if not self.health and (path in UNKNOWN or path.startswith(("/permission/", "/question/"))):
            await exchange.json(UNREACHABLE, 500)
            return
        await super()._normal(exchange)

    async def _get(self, exchange: Exchange, path: str) -> None:
        limit = exchange.request.query.get("limit")
        match path.strip("/").split("/"):
            case ["session", id, "message"] if id in self.sessions and limit and not self.cursors:
                await exchange.json(self.messages[id][-int(limit) :])
            case ["global", "event"] if not self.greets:
                await self._global.serve(exchange, beat=b"", every=3600)
            case _:
                await super()._get(exchange, path)

    async def _act(self, exchange: Exchange, path: str) -> None:
        match path.strip("/").split("/"):
            case ["session", id, "permissions", request]:
                await self._respond(exchange, id, request)
            case _:
                await super()._act(exchange, path)

    async def _respond(self, exchange: Exchange, session: str, request: str) -> None:
        """1.0 says yes to any answer, also to one that comes too late."""
        body: Any = exchange.request.json()
        if self.permissions.pop(request, None) is not None:
            said: Json = {"sessionID": session, "permissionID": request, "response": body["response"]}
            self.emit("permission.replied", **said)
        await exchange.json(True)


UNKNOWN = frozenset(
    {"/global/health", "/permission", "/question", "/events", "/api/info", "/api/health", "/api/session"}
)
