"""The client of the classic dialect (`/events`, `/session`, `/session/{id}/message`); see `model/dialects/classic.py`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import ClassVar

from ..errors import OpenCodeError, RequestFailed
from ..model.dialects import Decoded
from ..model.dialects import classic as dialect
from ..model.dialects.read import each, objects, text
from ..model.entities import Catalogue, SessionInfo
from ..model.events import History, Overview
from .api import Client, Prompt, Reply
from .stream import listen


class ClassicClient(Client):
    """See `api.Client`. The dialect has no agents, models, permissions or questions."""

    dialect: ClassVar[str] = "classic"
    has_heartbeats: ClassVar[bool] = False
    takes_ids: ClassVar[bool] = False

    def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /events`."""
        return listen(self.http, "/events", {}, dialect.decode)

    async def directory(self) -> str | None:
        """The dialect has no call for it."""
        return None

    async def overview(self, limit: int) -> Overview:
        """`GET /session`."""
        infos = each(await self.http.json("GET", "/session"), dialect.session_info)
        latest = sorted(infos, key=lambda info: -info.updated)[:limit]
        return Overview(tuple(latest), more_sessions=len(latest) < len(infos))

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /session/{id}/message`: always all of them."""
        value = await self.http.json("GET", self._messages(session_id))
        known = [{"sessionId": session_id, **item} for item in objects(value)]
        return History(session_id, each(known, dialect.message))

    async def catalogue(self) -> Catalogue:
        """An empty catalogue: there is nothing to choose."""
        return Catalogue()

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /session`."""
        answer = await self.http.json("POST", "/session", body={"title": title} if title else {})
        return self.understood(dialect.session_info, answer, "/session")

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /session/{id}/message`: `{prompt, attachments}`."""
        body = {"prompt": prompt.text, "attachments": []}
        answer = await self.http.json("POST", self._messages(prompt.session_id), body=body)
        data = answer if isinstance(answer, dict) else {}
        return text(data, "messageId") or text(data, "id")

    def _messages(self, session_id: str) -> str:
        return f"/session/{self.http.quoted(session_id)}/message"

    async def abort(self, session_id: str) -> None:
        """`POST /session/{id}/abort`."""
        await self.http.call("POST", f"/session/{self.http.quoted(session_id)}/abort")

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """The dialect has no requests, so no id can be one."""
        raise self._unasked(request_id)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """The dialect has no requests, so no id can be one."""
        raise self._unasked(request_id)

    def _unasked(self, request_id: str) -> OpenCodeError:
        return RequestFailed(f"{self.http.address.url} knows no request {request_id!r}.")
