"""The client of the classic dialect (`/events`, `/session`, `/session/{id}/message`); see `model/dialects/classic.py`.

The brief names two routes only: `GET /events` and `POST /session/{id}/message`. A server that has no others is *bare*: it has no lists and
no history, so all that is known are its events, and a session is there from the first event that names it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import Any, ClassVar

from ..errors import NotFound, OpenCodeError, RequestFailed
from ..model import events as e
from ..model.dialects import Decoded
from ..model.dialects import classic as dialect
from ..model.dialects.read import each, objects, text
from ..model.entities import Catalogue, SessionInfo
from ..model.events import History, Overview
from .api import Client, Prompt, Reply
from .http.client import NO_ROUTE, Http, is_json
from .stream import listen


class ClassicClient(Client):
    """See `api.Client`. The dialect has no agents, models, permissions or questions."""

    dialect: ClassVar[str] = "classic"
    has_heartbeats: ClassVar[bool] = False
    takes_ids: ClassVar[bool] = False

    def __init__(self, http: Http, version: str) -> None:
        super().__init__(http, version)
        self._named: set[str] = set()
        self._is_bare = False

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /events`, after a look at whether the server has lists: the events of a bare one say more."""
        await self._sessions()
        stream = listen(self.http, "/events", {}, dialect.decode, announce=True)
        try:
            async for decoded in stream:
                if self._is_bare:
                    decoded.events = tuple(self._introduced(decoded.events))
                yield decoded
        finally:
            await stream.aclose()

    def _introduced(self, events: Iterable[e.Event]) -> Iterator[e.Event]:
        """The events, with a session created before the first that names it."""
        for event in events:
            if isinstance(event, e.SessionEvent) and event.session_id not in self._named:
                self._named.add(event.session_id)
                info = event.info if isinstance(event, e.SessionUpserted) else SessionInfo(event.session_id)
                yield e.SessionUpserted(session_id=event.session_id, info=info, created=True)
            yield event

    async def _sessions(self) -> Any:
        """`GET /session`; None of a bare server."""
        try:
            sessions = await self.http.json("GET", "/session")
        except NO_ROUTE:
            self._is_bare = True
            return None
        self._is_bare = False
        return sessions

    async def directory(self) -> str | None:
        """The dialect has no call for it."""
        return None

    async def overview(self, limit: int) -> Overview:
        """`GET /session`."""
        listed = await self._sessions()
        if self._is_bare:
            return Overview(has_lists=False)
        infos = each(listed, dialect.session_info)
        latest = sorted(infos, key=lambda info: -info.updated)[:limit]
        return Overview(tuple(latest), more_sessions=len(latest) < len(infos))

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /session/{id}/message`: always all of them. A bare server is not asked; one with lists may lack this one."""
        if self._is_bare:
            return History(session_id, is_kept=False)
        try:
            value = await self.http.json("GET", self._messages(session_id))
        except NO_ROUTE as problem:
            if isinstance(problem, NotFound) and not await self._has(session_id):
                raise
            return History(session_id, is_kept=False)
        known = [{"sessionId": session_id, **item} for item in objects(value)]
        return History(session_id, each(known, dialect.message))

    async def _has(self, session_id: str) -> bool:
        """Is it in the server's list?"""
        return any(info.id == session_id for info in each(await self._sessions(), dialect.session_info))

    async def catalogue(self) -> Catalogue:
        """An empty catalogue: there is nothing to choose."""
        return Catalogue()

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /session`."""
        try:
            response = await self.http.call("POST", "/session", body={"title": title} if title else {})
        except NO_ROUTE:
            self._lacks("create a session")
        if not is_json(response.headers.get("content-type", "")):
            self._lacks("create a session")
        answer = self.http.decoded(response, "/session")
        return self.understood(dialect.session_info, answer, "/session")

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /session/{id}/message`: `{prompt, attachments}`. The brief names no answer; "" where it does not name the message."""
        body = {"prompt": prompt.text, "attachments": []}
        response = await self.http.call("POST", self._messages(prompt.session_id), body=body)
        if not response.content.strip() or not is_json(response.headers.get("content-type", "")):
            return ""
        answer = self.http.decoded(response, "/session/{id}/message")
        data = answer if isinstance(answer, dict) else {}
        return text(data, "messageId") or text(data, "id")

    def _messages(self, session_id: str) -> str:
        return f"/session/{self.http.quoted(session_id)}/message"

    async def abort(self, session_id: str) -> None:
        """`POST /session/{id}/abort`."""
        try:
            await self.http.call("POST", f"/session/{self.http.quoted(session_id)}/abort")
        except NO_ROUTE:
            if not self._is_bare:
                raise
            self._lacks("stop a turn")

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """The dialect has no requests, so no id can be one."""
        raise self._unasked(request_id)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """The dialect has no requests, so no id can be one."""
        raise self._unasked(request_id)

    def _unasked(self, request_id: str) -> OpenCodeError:
        return RequestFailed(f"{self.http.address.url} knows no request {request_id!r}.")
