"""OpenCode 1.0.x and the first of 1.1: the client of 1.x, without what came with 1.1.11.

- The server's stream sends nothing before the first event, and heartbeats seldom (1.0.185: every 30 seconds) or never (1.0.152).
- There is no list of the requests that wait in 1.0: they are known by their events alone. The first of 1.1 may have one.
- A permission is answered at a route of its session, and without words. In 1.0 the agent asks no questions.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import ClassVar

from ...errors import NotFound
from ...model import events as e
from ...model.dialects import Decoded
from ...model.entities import Feature, PermissionRequest, QuestionRequest, Request
from ..api import Reply
from ..http.client import Http
from .client import V1Client


class EarlyClient(V1Client):
    """See `api.Client`.

    Args:
        http: the server.
        version: of the server.
        may_list: ask it for lists of requests. 1.0 would send that on to its web app, by the network.
    """

    has_heartbeats: ClassVar[bool] = False
    features: ClassVar[frozenset[Feature]] = V1Client.features - {Feature.REJECT_MESSAGE}

    def __init__(self, http: Http, version: str, *, may_list: bool = False) -> None:
        super().__init__(http, version)
        self._may_list = may_list
        self._asked_in: dict[str, str] = {}

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /global/event`. Takes note of the sessions of requests."""
        stream = super().listen()
        try:
            async for decoded in stream:
                self.remember(event.request for event in decoded.events if isinstance(event, e.Asked))
                yield decoded
        finally:
            await stream.aclose()

    def _has_cursors(self, version: str) -> bool | None:
        return False

    async def _requests(self) -> tuple[tuple[Request, ...], tuple[type[Request], ...]]:
        if self._may_list:
            found, unlisted = await super()._requests()
            self.remember(found)
            return found, unlisted
        return (), (PermissionRequest, QuestionRequest)

    def remember(self, requests: Iterable[Request]) -> None:
        """Take note of the sessions of requests, for a reply goes to the session."""
        self._asked_in.update((request.id, request.session_id) for request in requests)

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """`POST /session/{id}/permissions/{id}`. The server takes no words: `message` is left out."""
        session_id = self._asked_in.get(request_id)
        if session_id is None:
            return False
        return await self._settle(self._path(session_id, "permissions", request_id), {"response": reply})

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """As later releases do; 1.0 asks no questions, so no id can be one."""
        if self._may_list:
            return await super().answer_question(request_id, answers)
        raise NotFound(f"{self.http.address.url} knows no question {request_id!r}.", status=404)
