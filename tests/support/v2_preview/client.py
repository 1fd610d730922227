"""OpenCode 2.x in its earlier spelling, as 1.18 serves it under `/api`: for tests of 2.x on a server that can be had.

Nobody gets it by accident: such a server is found to speak 1.x (see `server/detect.py`), and does. What is asked and answered is translated
between the client of 2.1 and the server, so the client itself knows nothing of this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.read import each
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import Feature, Request
from opencode_widget.server.api import Reply
from opencode_widget.server.http.cancel import cancellable
from opencode_widget.server.http.client import Http
from opencode_widget.server.stream import listen
from opencode_widget.server.v2.client import HEARTBEAT, V2Client
from opencode_widget.server.v2.requests import Requests
from opencode_widget.server.v2.routes import Routes

from . import events as earlier


class PreviewRoutes(Routes):
    """Routes of 2.1, on a server of the earlier spelling."""

    async def data(self, path: str, method: str = "GET", body: Any = None, **params: Any) -> Any:
        """What 2.1 answers. There is no list of prompts that wait: the log of the session tells."""
        if path.endswith("/inbox"):
            return earlier.waiting(await self.log(path.removesuffix("/inbox"), 0))
        return await super().data(path, method, body, **params)

    async def log(self, session: str, after: int) -> list[Any]:
        """`GET /api/session/{id}/history?after`, page by page."""
        found: list[Any] = []
        while True:
            answer = await self.http.json("GET", f"{session}/history", params={"after": str(after)})
            found += answer["data"]
            if not answer["hasMore"] or not answer["data"]:
                return found
            after = answer["data"][-1]["durable"]["seq"]

    async def pages(
        self, path: str, limit: int, cursor: str | None = None, **first: Any
    ) -> tuple[list[Any], str | None]:
        """A list; messages in the words of 2.1."""
        found, more = await super().pages(path, limit, cursor, **first)
        return [*map(earlier.message, found)] if path.endswith("/message") else found, more

    async def send(self, method: str, path: str, body: Any = None, limit: float | None = None, **params: Any) -> None:
        """What 2.1 is asked, as this server takes it."""
        if path.endswith("/revert"):
            method, path = "POST", f"{path}/clear"
        body = earlier.prompt_body(body) if path.endswith("/prompt") else body
        await super().send(method, path, body, limit, **params)


class PreviewRequests(Requests):
    """Permissions and questions, which are of 1.x."""

    async def fetch(self) -> tuple[tuple[Request, ...], tuple[type[Request], ...]]:
        """`GET /api/permission/request`, `/api/question/request`, which are always there."""
        where = self.routes.where()
        permissions, questions = await cancellable(
            asyncio.gather(*(self.routes.data(f"/api/{kind}/request", **where) for kind in ("permission", "question")))
        )
        return (*each(permissions, objects.permission), *each(questions, v1_objects.question)), ()

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None) -> bool:
        """`POST /api/session/{id}/permission/{rid}/reply`."""
        body = {"reply": reply} if message is None else {"reply": reply, "message": message}
        path = f"/permission/{self.routes.http.quoted(request_id)}/reply"
        return await self.settle(request_id, "POST", path, body)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /api/session/{id}/question/{rid}/reply` or `/reject`."""
        path = f"/question/{self.routes.http.quoted(request_id)}"
        if answers is None:
            return await self.settle(request_id, "POST", f"{path}/reject")
        return await self.settle(request_id, "POST", f"{path}/reply", {"answers": answers})


class V2PreviewClient(V2Client):
    """See `api.Client`."""

    dialect: ClassVar[str] = "OpenCode 2.x, earlier spelling"
    features: ClassVar[frozenset[Feature]] = frozenset(
        {
            Feature.REVERT,
            Feature.ATTACHMENTS,
            Feature.MENTIONS,
            Feature.FIND,
            Feature.REJECT_MESSAGE,
            Feature.DELIVERY,
        }
    )

    def __init__(self, http: Http, version: str) -> None:
        super().__init__(http, version)
        self.routes: PreviewRoutes = PreviewRoutes(http)
        self.requests = PreviewRequests(self.routes)

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /api/event`."""
        async with aclosing(listen(self.http, "/api/event", {}, earlier.decode, heartbeat=HEARTBEAT)) as stream:
            async for decoded in stream:
                self.requests.remember(event.request for event in decoded.events if isinstance(event, e.Asked))
                yield decoded

    async def replay(self, session_id: str, after: int) -> list[Decoded] | None:
        """`GET /api/session/{id}/history?after`."""
        return [earlier.decode(event) for event in await self.routes.log(self.routes.of(session_id), after)]
