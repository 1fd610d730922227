"""OpenCode 1.x: the unprefixed routes of its HTTP API (`GET /doc` on a running server lists them)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, ClassVar

from ...errors import NotFound, OpenCodeError
from ...model.dialects import Decoded, common
from ...model.dialects.read import BadField, each
from ...model.dialects.v1 import events as dialect
from ...model.dialects.v1 import objects
from ...model.entities import Activity, Catalogue, SessionInfo, Status
from ...model.events import History, LoadedMessage, Overview
from ...model.state import REQUESTS_BOUND
from ...model.wire import Feature
from ..api import Prompt, Reply
from ..http.cancel import cancellable
from ..stream import listen
from .prompt import named_model, parts_of
from .services import V1Services
from .sessions import CURSOR, V1Sessions


class V1Client(V1Sessions, V1Services):
    """See `client.Client`."""

    dialect: ClassVar[str] = "OpenCode 1.x"
    keeps_part_ids: ClassVar[bool] = True
    # A prompt that waits cannot be taken back: `DELETE /session/{id}/message/{id}` is refused while a turn runs.
    features: ClassVar[frozenset[Feature]] = frozenset(Feature) - {
        Feature.CANCEL_PROMPT,
        Feature.DELIVERY,
        Feature.REDELIVER,
    }

    def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /global/event`: of every folder, for `/event` ends when the folder's state is disposed, and leaves out worktrees."""
        return listen(self.http, "/global/event", {}, dialect.decode)

    async def directory(self) -> str | None:
        """`GET /path`."""
        answer = await self.http.json("GET", "/path")
        found = answer.get("directory") if isinstance(answer, dict) else None
        return found if isinstance(found, str) else None

    async def overview(self, limit: int) -> Overview:
        """`GET /session`, `/session/status`, `/permission`, `/question`."""
        sessions, statuses, permissions, questions = await cancellable(
            asyncio.gather(
                self.http.json("GET", "/session", params=self.http.params(limit=limit)),
                self.http.json("GET", "/session/status"),
                self.http.json("GET", "/permission"),
                self._list("/question"),
            )
        )
        infos = each(sessions, objects.session_info, limit)  # a server may take no notice of the limit
        return Overview(
            infos,
            _statuses(statuses),
            (
                *each(permissions, objects.permission, REQUESTS_BOUND),
                *each(questions, objects.question, REQUESTS_BOUND),
            ),
            more_sessions=len(infos) >= limit,
        )

    async def latest_sessions(self, limit: int) -> tuple[SessionInfo, ...]:
        """`GET /session`."""
        listed = await self.http.json("GET", "/session", params=self.http.params(limit=limit))
        return each(listed, objects.session_info, limit)

    async def _list(self, path: str) -> Any:
        """What older 1.x does not have; it answers unknown paths with its web page."""
        try:
            return await self.http.json("GET", path)
        except OpenCodeError:
            return []

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /session/{id}/message?limit&before`, and `GET /session/{id}/todo` with the newest."""
        path = f"/session/{self.http.quoted(session_id)}"
        response = await self.http.call("GET", f"{path}/message", params=self.http.params(limit=limit, before=before))
        todos = common.todos(await self.http.json("GET", f"{path}/todo")) if before is None else None
        messages = each(await self.http.decoded_apart(response, path), loaded_message)
        return History(session_id, messages, response.headers.get(CURSOR), todos)

    async def catalogue(self) -> Catalogue:
        """`GET /agent`, `/config/providers`, `/config`, `/command`."""
        agents, providers, config, commands = await cancellable(
            asyncio.gather(
                self.http.json("GET", "/agent"),
                self.http.json("GET", "/config/providers"),
                self.http.json("GET", "/config"),
                self._list("/command"),
            )
        )
        return objects.catalogue(agents, providers, config, commands)

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /session`."""
        body = {} if title is None else {"title": title}
        answer = await self.http.json("POST", "/session", body=body)
        return self.understood(objects.session_info, answer, "/session")

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /session/{id}/prompt_async`: 204 at once; what fails later comes as an event."""
        body: dict[str, Any] = {"messageID": prompt.message_id, "parts": parts_of(prompt, await self._folder(prompt))}
        options = prompt.options
        if options.agent:
            body["agent"] = options.agent
        if options.model:
            body["model"] = named_model(options.model)
        if options.variant:
            body["variant"] = options.variant
        await self.http.call("POST", f"/session/{self.http.quoted(prompt.session_id)}/prompt_async", body=body)
        return prompt.message_id

    async def _folder(self, prompt: Prompt) -> str | None:
        """Paths in mentions are from the folder; where we named none, the server knows its own."""
        return self.http.directory or (await self.directory() if prompt.options.mentions else None)

    async def abort(self, session_id: str) -> None:
        """`POST /session/{id}/abort`."""
        await self.http.call("POST", f"/session/{self.http.quoted(session_id)}/abort")

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """`POST /permission/{id}/reply`; one that is answered already (404) is done."""
        body = {"reply": reply} if message is None else {"reply": reply, "message": message}
        return await self._settle(f"/permission/{self.http.quoted(request_id)}/reply", body)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /question/{id}/reply` or `/reject`; one that is answered already (404) is done."""
        path = f"/question/{self.http.quoted(request_id)}"
        if answers is None:
            return await self._settle(f"{path}/reject", None)
        return await self._settle(f"{path}/reply", {"answers": answers})

    async def _settle(self, path: str, body: Any) -> bool:
        try:
            await self.http.call("POST", path, body=body)
        except NotFound:
            return False
        return True


def loaded_message(value: Any) -> LoadedMessage:
    """One of the answer's messages: `{info, parts}`; raises BadField."""
    if not isinstance(value, dict):
        raise BadField("message is not an object")
    parts = value.get("parts")
    return LoadedMessage(objects.message_info(value.get("info")), each(parts, objects.part_info))


def _statuses(value: Any) -> dict[str, Status]:
    known = (
        {id: common.status(item) for id, item in value.items() if isinstance(item, dict)}
        if isinstance(value, dict)
        else {}
    )
    return {id: status for id, status in known.items() if status.activity is not Activity.IDLE}
