"""OpenCode 2.x in its earlier spelling, as 1.18 serves it under `/api`: for tests of 2.x on a server that can be had.

Nobody gets it by accident: such a server is found to speak 1.x (see `server/detect.py`), and does.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.read import each
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import Request
from opencode_widget.model.wire import Feature
from opencode_widget.server.api import Prompt, Reply
from opencode_widget.server.http.cancel import cancellable
from opencode_widget.server.v2.client import V2Client, delivery

from . import events as earlier


class V2PreviewClient(V2Client):
    """See `client.Client`."""

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

    def decode(self, data: Any) -> Decoded:
        """One event."""
        return earlier.decode(data)

    async def replay(self, session_id: str, after: int) -> list[Decoded] | None:
        """`GET /api/session/{id}/history?after`, page by page."""
        return [earlier.decode(event) for event in await self._history(session_id, after)]

    async def _history(self, session_id: str, after: int) -> list[Any]:
        found: list[Any] = []
        while True:
            params = {"after": str(after)}
            answer = await self.http.json("GET", self.of(session_id, "/history"), params=params)
            found += answer["data"]
            if not answer["hasMore"] or not answer["data"]:
                return found
            after = answer["data"][-1]["durable"]["seq"]

    async def _requests(self) -> tuple[Request, ...]:
        """`GET /api/permission/request`, `/api/question/request`."""
        permissions, questions = await cancellable(
            asyncio.gather(*(self.data(f"/api/{kind}/request", **self.where()) for kind in ("permission", "question")))
        )
        return (*each(permissions, objects.permission), *each(questions, v1_objects.question))

    def modern(self, message: Any) -> Any:
        """In the words of 2.1."""
        return earlier.message(message)

    async def _waiting(self, session_id: str) -> tuple[objects.Read, ...]:
        """It has no list of what waits: its log tells."""
        return objects.waiting(session_id, earlier.waiting(await self._history(session_id, 0)))

    def prompt_body(self, prompt: Prompt) -> dict[str, Any]:
        """The prompt in an envelope."""
        return {"id": prompt.message_id, "prompt": self.said(prompt, "source"), **delivery(prompt)}

    def decision(self, reply: Reply) -> dict[str, Any]:
        """By another name."""
        return {"reply": reply}

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /api/session/{id}/question/{rid}/reply` or `/reject`."""
        path = f"/question/{self.http.quoted(request_id)}"
        if answers is None:
            return await self.settle(request_id, "POST", f"{path}/reject", None)
        return await self.settle(request_id, "POST", f"{path}/reply", {"answers": answers})

    async def unrevert(self, session_id: str) -> None:
        """`POST /api/session/{id}/revert/clear`."""
        await self.say("POST", self.of(session_id, "/revert/clear"))
