"""OpenCode 2.x: permissions and forms that wait for an answer.

The routes that answer a request need its session, and a form's answer needs the types of its fields. The calls of `server/api.py` name the
request alone, so every request that the server reported is remembered here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from ...errors import NotFound, OpenCodeError, RequestFailed
from ...model.dialects.read import BadField, each
from ...model.dialects.v2 import objects
from ...model.dialects.v2.forms import form, form_answer
from ...model.entities import PermissionRequest, QuestionRequest, Request
from ...model.state import REQUESTS_BOUND
from ..api import Reply
from ..http.cancel import cancellable
from .routes import Routes


class Requests:
    """The requests of one server."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self._reported: dict[str, Request] = {}

    def remember(self, requests: Iterable[Request]) -> None:
        """Take note of requests that the server reported."""
        self._reported.update((request.id, request) for request in requests)

    async def fetch(self) -> tuple[tuple[Request, ...], tuple[type[Request], ...]]:
        """`GET /api/permission/request`, `/api/form` (`/api/form/request` before 2.1), and the kinds of which there is no list."""
        spellings, where = (("/api/permission/request",), ("/api/form", "/api/form/request")), self.routes.where()
        permissions, forms = await cancellable(
            asyncio.gather(*(self.routes.listed(*paths, **where) for paths in spellings))
        )
        found: tuple[Request, ...] = (
            *each(permissions, objects.permission, REQUESTS_BOUND),
            *each(forms, form, REQUESTS_BOUND),
        )
        lists = ((permissions, PermissionRequest), (forms, QuestionRequest))
        return found, tuple(kind for listed, kind in lists if listed is None)

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None) -> bool:
        """`POST /api/session/{id}/permission/{rid}/reply`."""
        body = {"decision": reply} if message is None else {"decision": reply, "message": message}
        path = f"/permission/{self.routes.http.quoted(request_id)}/reply"
        return await self.settle(request_id, "POST", path, body)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /api/session/{id}/form/{fid}/reply`, or `DELETE .../form/{fid}`."""
        path = f"/form/{self.routes.http.quoted(request_id)}"
        if answers is None:
            return await self.settle(request_id, "DELETE", path)
        return await self.settle(
            request_id, "POST", f"{path}/reply", {"answer": self._form_answer(request_id, answers)}
        )

    def _form_answer(self, request_id: str, answers: list[list[str]]) -> dict[str, Any]:
        request = self._reported.get(request_id)
        try:
            return form_answer(request, answers) if isinstance(request, QuestionRequest) else {}
        except BadField as problem:
            raise RequestFailed(
                f"The answer was not sent: {problem}.", remedy="Correct it, and send it again."
            ) from None

    async def settle(self, request_id: str, method: str, path: str, body: Any = None) -> bool:
        """Send an answer to the session that asked. False: the request was settled before, or was never reported."""
        request = self._reported.get(request_id)
        if request is None:
            return False
        try:
            await self.routes.send(method, self.routes.of(request.session_id, path), body)
        except OpenCodeError as error:
            if not _is_settled(error):
                raise
            return False
        return True


def _is_settled(error: OpenCodeError) -> bool:
    return isinstance(error, NotFound) or (isinstance(error, RequestFailed) and error.status == 409)
